import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toCanonicalUrl } from '../../src/routes/canonical-path.ts'
import { explainUrl } from '../../src/routes/explain.ts'
import { toDisplayUrl } from '../../src/routes/format-pattern.ts'
import { createUrlMatcher } from '../../src/routes/match-url.ts'
import { parseSegment } from '../../src/routes/parse-segment.ts'
import { decide } from './brute-force.ts'
import type { PlainRoute, Verdict } from './brute-force.ts'
import { arbitraryAsks, arbitraryRoutes } from './random-trees.ts'
import type { Ask } from './random-trees.ts'
import { ask, createTable, serveTable } from './serve-table.ts'
import type { Answer } from './serve-table.ts'

const arbitraryCase = arbitraryRoutes().chain((routes) =>
  fc.tuple(fc.constant(routes), arbitraryAsks(routes))
)

describe('the router', () => {
  it('picks what a linear scan over all routes picks, for every method', { timeout: 90_000 }, async () => {
    const figures = { answers: 0, conflict: 0, 'method-not-allowed': 0, 'not-found': 0 }
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ([routes, asks]) => {
        const app = await serveTable(createTable(routes))
        try {
          for (const { method, path } of asks) {
            const verdict = decide(routes, method, path)
            expectVerdict(verdict, await ask(app, method, path), { routes, method, path })
            figures[verdict.kind] += 1
          }
        } finally {
          await app.close()
        }
      }),
      { numRuns: 400, interruptAfterTimeLimit: 40_000 }
    )
    console.log(`lookups that agree: ${JSON.stringify(figures)}`)
  })

  it('is explained as it is: `routes --explain` names the file that answers', { timeout: 90_000 }, () => {
    fc.assert(
      fc.property(arbitraryCase, ([routes, asks]) => {
        const table = createTable(routes)
        for (const { method, path } of asks) {
          const verdict = decide(routes, method, path)
          const explanation = explainUrl(table, method, toCanonicalUrl(path))
          const shown = toShown({ routes, method, path })
          const isConflict = explanation.winner === undefined && explanation.conflictFiles.length > 0
          expect(isConflict, shown).toBe(verdict.kind === 'conflict')
          const allowed = verdict.kind === 'answers' ? verdict.allowed.map(({ file }) => file) : [undefined]
          expect(explanation.winner?.file, shown).toBeOneOf(allowed)
        }
      }),
      { numRuns: 600, interruptAfterTimeLimit: 20_000 }
    )
  })
})

describe('the matcher beside the router', () => {
  it('lists every route that matches a path, the best first', () => {
    fc.assert(
      fc.property(arbitraryCase, ([routes, asks]) => {
        const matcher = createUrlMatcher(createTable(routes).routes)
        const alone = createTable(routes).routes.map(
          (route) => [route.file, [{ ...route, methods: ['GET'] }]] as const
        )
        for (const { path, method } of asks) {
          const found = matcher.match(toCanonicalUrl(path)).map((route) => route.file)
          const wanted = alone
            .filter(([, one]) => decide(one, 'GET', path).kind === 'answers')
            .map(([file]) => file)
          expect([...new Set(found)].toSorted(), toShown({ routes, method, path })).toEqual(
            [...new Set(wanted)].toSorted()
          )
        }
      }),
      { numRuns: 500 }
    )
  })
})

describe('a segment of a file name', () => {
  const syntax = fc.record({ colons: fc.boolean(), dots: fc.boolean(), namelessRest: fc.boolean() })
  const characters = fc.constantFrom(...'[].:_-*?#%aZ9é '.split(''), '[...', '[[...', ']]', '\\', '\u0000')
  const text = fc.oneof(
    fc.array(characters, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string()
  )

  it('is a pattern, or has an error whose caret stands under it', () => {
    fc.assert(
      fc.property(text, syntax, (name, forms) => {
        const parsed = parseSegment(name, forms)
        if (parsed.kind === 'segment') return
        const { index, length, message, fix } = parsed.error
        expect(index).toBeGreaterThanOrEqual(0)
        expect(length).toBeGreaterThan(0)
        expect(index + length).toBeLessThanOrEqual(Math.max(name.length, 1))
        expect(message).not.toBe('')
        expect(fix).not.toBe('')
      }),
      { numRuns: 20_000 }
    )
  })
})

interface Situation extends Ask {
  readonly routes: readonly PlainRoute[]
}

function expectVerdict(verdict: Verdict, answer: Answer, situation: Situation): void {
  const shown = toShown(situation)
  const statuses = { answers: 200, conflict: 409, 'method-not-allowed': 405, 'not-found': 404 }
  expect(`${answer.status} ${answer.file ?? ''}`.trim(), shown).toBeOneOf(
    verdict.kind === 'answers'
      ? verdict.allowed.map(({ file }) => `200 ${file}`)
      : [String(statuses[verdict.kind])]
  )
  if (verdict.kind !== 'answers') return
  expect(answer.params, shown).toEqual(verdict.allowed.find(({ file }) => file === answer.file)?.params)
}

/** What a failure prints: the request, and a line for each route. */
function toShown({ routes, method, path }: Situation): string {
  const lines = routes.map((route) => `${route.file}: ${route.methods.join()} ${toDisplayUrl(route.pattern)}`)
  return [`${method} ${path}`, ...lines].join('\n')
}
