import { malformedUrl, toCanonicalUrl } from '../routes/canonical-path.ts'

/**
 * The canonical form of a path that a person wrote into a rule file, so that it is compared with canonical
 * request paths in their own spelling: `/käse`, `/k%c3%a4se` and `/k%C3%A4se` are one rule. `*` and `:` stay.
 * Undefined where no request could ever have that path.
 */
export function toCanonicalRulePath(text: string): string | undefined {
  const path = toCanonicalUrl(toAscii(text.replaceAll('?', '%3F').replaceAll('#', '%23')))
  return path === malformedUrl ? undefined : path
}

/** Escapes what can not stand in a URL that is sent in a header: everything but printable ASCII. */
export function toAscii(text: string): string {
  const bytes = Buffer.from(text).toString('latin1')
  return bytes.replace(/[^\x21-\x7e]/g, (byte) => `%${toHex(byte)}`)
}

function toHex(byte: string): string {
  return byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
}
