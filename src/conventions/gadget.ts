import type { Convention, ParsedName } from './convention.ts'

const VERBS = [
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY', 'TRACE', 'SEARCH', 'PROPFIND'],
  ...['PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'QUERY']
]
const VERB_NAME = new RegExp(`^(${VERBS.join('|')})(?:-(.+))?$`, 's')

/** Gadget's HTTP routes: `GET-hello.js`, `POST.js`, `ANY-[...].js`, `GET-post-:id.js`. Dots and dashes are literal. */
export const gadget: Convention = {
  name: 'gadget',
  syntax: { colons: true, dots: true, namelessRest: true },
  isMatch: (file) => VERB_NAME.test(file.name),
  parseName
}

function parseName(name: string): ParsedName {
  const match = VERB_NAME.exec(name)
  const verb = match?.[1]
  const rest = match?.[2]
  if (verb === undefined)
    return { kind: 'error', message: 'The name has no verb.', fix: 'Begin it with GET-, POST- ...' }
  return {
    kind: 'name',
    methods: [verb === 'ANY' ? '*' : verb],
    segments: rest === undefined ? [] : [rest],
    isExplicit: true
  }
}
