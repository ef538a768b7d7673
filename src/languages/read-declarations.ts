import type { LanguageName } from '../routes/route.ts'

const LANGUAGES: Readonly<Record<string, LanguageName>> = {
  ...Object.fromEntries(
    ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'tsx', 'jsx'].map((ext) => [ext, 'javascript'] as const)
  ),
  py: 'python',
  php: 'php',
  lua: 'lua',
  go: 'go',
  rs: 'rust'
}

/** The language of a file, by its extension; undefined where it is none of ours. */
export function toLanguage(path: string): LanguageName | undefined {
  return LANGUAGES[path.slice(path.lastIndexOf('.') + 1)]
}

type WorkerLanguage = Exclude<LanguageName, 'javascript'>

/**
 * How a file of each language says that it is a handler. A file is never published because of its name alone, so a
 * module without one is a private helper. Read as text: no interpreter is started to list routes.
 */
const HANDLERS: Readonly<Record<WorkerLanguage, RegExp>> = {
  python:
    /^(?:async[ \t]+)?def[ \t]+(handler|main)\b|^(handler|main)[ \t]*=|^from[ \t].*\bimport\b.*\b(handler|main)\b/m,
  php: /\bfunction\s+&?\s*(handler|main)\s*\(|\$(handler|main)\s*=/i,
  lua: /\breturn\s+function\b|\bfunction\s+(handler|main)\b|\b(handler|main)\s*=|\breturn\s+(handler|main)\b/,
  // a main without parameters is a program's
  go: /^func\s+(?:[hH]andler\s*\(|main\s*\(\s*[^\s)])/m,
  rust: /\bfn\s+handler\b|\bpub\s+(?:async\s+)?fn\s+main\s*\(\s*[^\s)]/
}

/** `['handler']` where the source declares one, or the function that fn.config.json names; else nothing. */
export function readDeclarations(
  language: WorkerLanguage,
  source: string,
  handlerName?: string
): readonly string[] {
  if (handlerName !== undefined) {
    const named = new RegExp(`\\b${handlerName.replace(/[^\w]/g, '\\$&')}\\b`)
    if (named.test(source)) return [handlerName]
  }
  return HANDLERS[language].test(source) ? ['handler'] : []
}
