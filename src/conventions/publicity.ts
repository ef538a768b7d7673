import type { PrivateFile } from '../routes/table.ts'

type Publicity =
  | 'public'
  | 'plugin'
  | 'middleware'
  | Exclude<PrivateFile['reason'], 'no-handler' | 'single-entry'>

/** Pages knows both spellings. */
const MIDDLEWARE = /^_middleware_?\.[^.]+$/

/** What a file's name alone says about it, before anyone looks at what it exports. */
export function toPublicity(file: { readonly path: string }): Publicity {
  const base = file.path.slice(file.path.lastIndexOf('/') + 1)
  if (/\.d\.[cm]?ts$/.test(base)) return 'declaration'
  if (/\.(test|spec)\.[^.]+$/.test(base)) return 'test'
  if (MIDDLEWARE.test(base)) return 'middleware'
  if (base.startsWith('_')) return 'underscore'
  if (base.startsWith('+')) return 'plugin'
  return 'public'
}
