import type { NewLink } from './links'

export function isNewLink(value: unknown): value is NewLink {
  if (typeof value !== 'object' || value === null || !('target' in value)) return false
  if ('code' in value && (typeof value.code !== 'string' || !/^[\w-]{3,20}$/.test(value.code))) return false
  return typeof value.target === 'string' && URL.canParse(value.target)
}
