import type { DocumentUrl } from './document-url.ts'

/**
 * `getUsersById`, `postOrders`, `getFilesByPath`: from method and path alone, so that it stays what it is when other
 * routes come and go.
 */
export function toOperationId(method: string, url: string): string {
  const words = url.split('/').flatMap((segment) => segment.split(/(\{[^{}]+\})/).flatMap(toWords))
  return method.toLowerCase() + (words.length === 0 ? 'Root' : words.map(toUpperFirst).join(''))
}

/**
 * `/users/{id}` is of the group `users`; what has no folder is of none.
 *
 * @param prefix What all URLs begin with: it tells no group from another.
 */
export function toTag({ url }: DocumentUrl, prefix: string): string | undefined {
  const depth = prefix.split('/').filter((segment) => segment !== '').length
  const first = decodeURIComponent(url.split('/')[depth + 1] ?? '')
  return first === '' || first.includes('{') ? undefined : first
}

function toWords(part: string): string[] {
  if (part.startsWith('{')) return ['By', ...part.slice(1, -1).split(/[^A-Za-z0-9]+/)]
  return decodeURIComponent(part)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function toUpperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
