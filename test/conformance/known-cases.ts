import { readFile } from 'node:fs/promises'
import type { Case } from './case.ts'

/**
 * Cases that do not pass, as data: by file of cases, then by what the case is called or, as `*.php`, by a file it
 * holds, the reason. `waiting`: a later issue makes it pass. `differing`: Treeway answers something else, and why.
 */
export interface KnownCases {
  readonly waiting: Readonly<Record<string, string>>
  readonly differing: Readonly<Record<string, string>>
}

export interface Reason {
  readonly kind: 'waiting' | 'differing'
  /** As waiting.json writes it. */
  readonly pattern: string
  readonly text: string
}

export async function readKnownCases(file: string): Promise<KnownCases> {
  const url = new URL('waiting.json', import.meta.url)
  const all: Readonly<Record<string, Partial<KnownCases>>> = JSON.parse(await readFile(url, 'utf8'))
  return { waiting: {}, differing: {}, ...all[file] }
}

export function findReason(known: KnownCases, one: Case): Reason | undefined {
  for (const kind of ['waiting', 'differing'] as const) {
    for (const [pattern, text] of Object.entries(known[kind])) {
      if (isMatch(pattern, one)) return { kind, pattern, text }
    }
  }
  return undefined
}

/** Entries of waiting.json that no case answers to. */
export function listUnused(known: KnownCases, cases: readonly Case[]): string[] {
  const patterns = [...Object.keys(known.waiting), ...Object.keys(known.differing)]
  return patterns.filter((pattern) => !cases.some((one) => isMatch(pattern, one)))
}

function isMatch(pattern: string, one: Case): boolean {
  if (!pattern.startsWith('*.')) return pattern === one.name
  return Object.keys(one.files ?? {}).some((path) => path.endsWith(pattern.slice(1)))
}
