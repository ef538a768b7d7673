import { extname } from 'node:path'
import type { WorkerLanguageName } from '../language.ts'

const LANGUAGE_OF = new Map<string, string>([
  ['.py', 'python'],
  ['.php', 'php'],
  ['.lua', 'lua'],
  ['.go', 'go'],
  ['.rs', 'rust'],
  ...['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'].map((extension): [string, string] => [
    extension,
    'javascript'
  ])
])

/** A source of another language: no process of this one has read it. Anything else it may have, as data or template. */
export function isForeignSource(file: string, language: WorkerLanguageName): boolean {
  const own = LANGUAGE_OF.get(extname(file))
  return own !== undefined && own !== language
}
