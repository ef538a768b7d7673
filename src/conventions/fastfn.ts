import type { Convention, ParsedName } from './convention.ts'

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete'])
const FOLDER_NAMES = new Set(['index', 'handler', 'main'])

/** FastFN: `users/[id].py`, `get.health.js` (dots are slashes), `[id]/put.py`; `index`, `handler`, `main` are the folder. */
export const fastfn: Convention = {
  name: 'fastfn',
  syntax: { colons: false, dots: true, namelessRest: false },
  isMatch: () => true,
  parseName
}

function parseName(name: string): ParsedName {
  const tokens = splitDots(name)
  const method = METHODS.has(tokens[0]?.toLowerCase() ?? '') ? tokens.shift()?.toUpperCase() : undefined
  if (method !== undefined && METHODS.has(tokens[0]?.toLowerCase() ?? '')) {
    return {
      kind: 'error',
      message: 'The name has two methods.',
      fix: 'Keep one, and write a file for each method.'
    }
  }
  if (tokens.includes('')) {
    return {
      kind: 'error',
      message: 'Two dots leave a segment of the URL empty.',
      fix: 'Remove one of them.'
    }
  }
  const last = tokens.at(-1) ?? ''
  const isFolderName = FOLDER_NAMES.has(last)
  const segments = isFolderName ? tokens.slice(0, -1) : tokens
  const isExplicit = method !== undefined || isFolderName || tokens.some((token) => token.startsWith('['))
  return { kind: 'name', ...(method === undefined ? {} : { methods: [method] }), segments, isExplicit }
}

/** Splits at dots outside brackets: `get.users.[...rest]` has three tokens. */
function splitDots(name: string): string[] {
  return name.split(/\.(?![^[]*\])/)
}
