/**
 * What `toCanonicalUrl` returns for a target that has no canonical form. Fastify's router can not decode it and
 * answers 400 (FST_ERR_BAD_URL) before any hook, guard, route or file is asked.
 */
export const malformedUrl = '/%'

/**
 * The one canonical form of a raw request target (path and query). It is computed once per request, in Fastify's
 * `rewriteUrl`; rules, guards, the router and static files all read its result, so that no spelling of a path can
 * slip past one of them. Two targets name the same thing exactly when their canonical paths are the same string.
 *
 * - `\` becomes `/`, repeated slashes collapse, then `.` and `..` are resolved, never above the root;
 *   a trailing slash stays.
 * - Each character has one spelling. What RFC 3986 and the URL standard let stand in a path stands for itself
 *   (`%67` is `g`, `%2e` is `.`, `%40` is `@`); everything else is an escape with upper-case digits (`{` is `%7B`).
 *   `%2F` and `%5C` stay what they are: text inside a segment, no separator.
 * - `http://host/path` loses scheme and host, a fragment is dropped, `*` (OPTIONS *) stays.
 * - The query is not touched.
 * - Malformed escapes, bytes that are not UTF-8 (overlong forms too) and `%00` give `malformedUrl`.
 *
 * Idempotent. A target that is canonical already costs one scan and comes back as the same string.
 *
 * @example toCanonicalUrl('//x/..\\%67ate/./a%2fb?q=%2e') // '/gate/a%2Fb?q=%2e'
 */
export function toCanonicalUrl(url: string): string {
  return isCanonical(url) ? url : canonicalize(url)
}

const percent = 37
const dot = 46
const slash = 47
const questionMark = 63
const backslash = 92

/** 1 for each ASCII character that stands for itself in a canonical path; `/` separates and is listed too. */
const isPlain = Uint8Array.from({ length: 128 }, (_, code) =>
  code > 32 && code < 127 && !'"#%<>?\\^`{}'.includes(String.fromCharCode(code)) ? 1 : 0
)

function isCanonical(url: string): boolean {
  let previous = url.charCodeAt(0)
  if (previous !== slash) return false
  for (let index = 1; index < url.length; index++) {
    const code = url.charCodeAt(index)
    if (code === questionMark) return true
    if (code > 127 || isPlain[code] !== 1) return false
    if (previous === slash && (code === slash || (code === dot && isDotSegment(url, index)))) return false
    previous = code
  }
  return true
}

/** Whether the segment that begins with the dot at `start` is `.` or `..`. */
function isDotSegment(url: string, start: number): boolean {
  const end = start + (url.charCodeAt(start + 1) === dot ? 2 : 1)
  const after = url.charCodeAt(end)
  return end === url.length || after === slash || after === questionMark
}

function canonicalize(url: string): string {
  if (url === '*') return url
  const target = toOriginForm(url)
  const pathEnd = target.search(/[?#]/)
  const rawPath = pathEnd === -1 ? target : target.slice(0, pathEnd)
  const query = pathEnd !== -1 && target.charCodeAt(pathEnd) === questionMark ? target.slice(pathEnd) : ''
  const path = respell(rawPath)
  if (path === undefined || !isUtf8(path)) return malformedUrl
  return (isResolved(path) ? path : resolveSegments(path)) + query
}

/** Cuts scheme and host of an absolute-form target, RFC 9112 section 3.2.2. */
function toOriginForm(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/\\?#]*/i, '')
}

/** Gives each character its one spelling; undefined where an escape is malformed or NUL. */
function respell(path: string): string | undefined {
  let result = ''
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index)
    if (code === percent) {
      const byte = toByte(path.charCodeAt(index + 1), path.charCodeAt(index + 2))
      if (byte <= 0) return undefined
      result += spellEscaped(byte)
      index += 2
    } else if (code === backslash) {
      result += '/'
    } else if (code === 0 || code > 255) {
      // node gives a target as bytes (latin1): a character above 255 was never on the wire
      return undefined
    } else {
      result += isPlain[code] === 1 ? String.fromCharCode(code) : toEscape(code)
    }
  }
  return result
}

function spellEscaped(byte: number): string {
  return isPlain[byte] === 1 && byte !== slash ? String.fromCharCode(byte) : toEscape(byte)
}

function toEscape(byte: number): string {
  return (byte < 16 ? '%0' : '%') + byte.toString(16).toUpperCase()
}

/** -1 where one of the two is no hexadecimal digit. */
function toByte(high: number, low: number): number {
  const highDigit = toDigit(high)
  const lowDigit = toDigit(low)
  return highDigit < 0 || lowDigit < 0 ? -1 : highDigit * 16 + lowDigit
}

function toDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

function isUtf8(path: string): boolean {
  if (!/%[89A-F]/.test(path)) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function isResolved(path: string): boolean {
  return path.startsWith('/') && !/\/(?:\/|\.{1,2}(?:\/|$))/.test(path)
}

function resolveSegments(path: string): string {
  const resolved: string[] = []
  let isFolder = true
  for (const segment of path.split('/')) {
    isFolder = segment === '' || segment === '.' || segment === '..'
    if (segment === '..') resolved.pop()
    else if (!isFolder) resolved.push(segment)
  }
  if (resolved.length === 0) return '/'
  return `/${resolved.join('/')}${isFolder ? '/' : ''}`
}
