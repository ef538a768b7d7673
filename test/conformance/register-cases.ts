import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Case } from './case.ts'
import { findReason, listUnused, readKnownCases } from './known-cases.ts'
import { createLanguageCheck } from './missing-language.ts'

export interface CaseFile {
  /** Name of the file under `cases/`, without its extension. */
  readonly file: string
  /** Lists what is not as the case wants it. */
  readonly run: (one: Case) => Promise<readonly string[]>
  /** Cases of the file that another test runs, and which. */
  readonly elsewhere?: { readonly isMatch: (one: Case) => boolean; readonly test: string }
}

/** A first case in Rust compiles what all share: a minute on a busy machine. */
const CASE_MS = 180_000

/**
 * Makes a test of each case of a file. A case that waiting.json lists must fail, so that the list can not rot, and each
 * entry of the list must have a case. The figures are printed at the end.
 */
export async function registerCases({ file, run, elsewhere }: CaseFile): Promise<void> {
  const all = await readCases(file)
  const known = await readKnownCases(file)
  const cases = elsewhere ? all.filter((one) => !elsewhere.isMatch(one)) : all
  const figures = { run: 0, passed: 0, differing: 0, waiting: 0, 'without language': 0 }
  const findMissing = createLanguageCheck()

  describe(`the cases of ${file}.json`, () => {
    const tests = cases.map((one) => [one.name, one] as const)
    it.for(tests)('%s', { timeout: CASE_MS }, async ([, one], { skip }) => {
      const missing = findMissing(one)
      const reason = findReason(known, one)
      if (missing !== undefined && !reason) {
        figures['without language'] += 1
        skip(`${missing} is not installed`)
      }
      figures.run += 1
      const faults = await run(one)
      if (reason) {
        figures[reason.kind] += 1
        expect(faults, `it passes now: take "${reason.pattern}" out of waiting.json`).not.toEqual([])
        return
      }
      expect(faults).toEqual([])
      figures.passed += 1
    })

    it('has a case for each entry of waiting.json', () => {
      expect(listUnused(known, cases)).toEqual([])
    })

    it('gives a reason for each entry of waiting.json', () => {
      const reasons = [...Object.values(known.waiting), ...Object.values(known.differing)]
      expect(reasons.filter((reason) => reason.trim().length < 10)).toEqual([])
    })

    afterAll(() => {
      const others = elsewhere ? `, ${all.length - cases.length} in ${elsewhere.test}` : ''
      const counts = Object.entries(figures).map(([name, count]) => `${count} ${name}`)
      console.log(`${file}.json: ${all.length} cases: ${counts.join(', ')}${others}`)
    })
  })
}

async function readCases(file: string): Promise<Case[]> {
  return JSON.parse(await readFile(new URL(`cases/${file}.json`, import.meta.url), 'utf8'))
}
