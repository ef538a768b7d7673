import type { Convention, ParsedName } from './convention.ts'
import { isContextExport } from './handler-exports.ts'

/** Cloudflare Pages Functions: the path is the URL, `[x]` one segment, `[[x]]` the rest or nothing. */
export const pages: Convention = {
  name: 'pages',
  syntax: { colons: false, dots: false, namelessRest: false },
  isMatch: (file) => file.language === 'javascript' && file.exports.names.some(isContextExport),
  parseName
}

function parseName(name: string): ParsedName {
  return { kind: 'name', segments: name === 'index' ? [] : [name], isExplicit: true }
}
