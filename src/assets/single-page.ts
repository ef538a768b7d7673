import type { AssetRequest } from './asset-answer.ts'

/**
 * Whether a person's browser asks for a page of a single-page application, and not a program for data or a file:
 * no extension, not below /api, and a client that takes HTML or says that it navigates. FastFN's rule.
 */
export function isPageRequest({ path, headers }: AssetRequest): boolean {
  if (path === '/api' || path.startsWith('/api/')) return false
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  if (trimmed.slice(trimmed.lastIndexOf('/') + 1).includes('.')) return false
  const accept = headers.accept ?? ''
  return accept.includes('text/html') || accept.includes('*/*') || headers['sec-fetch-mode'] === 'navigate'
}
