import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyAnswer } from './apply-answer.ts'

interface AnswerCase {
  readonly name: string
  readonly value: unknown
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  readonly bodyJson?: unknown
  readonly code?: string
  readonly bodyHex?: string
}

const file = new URL('../../workers/protocol/answers.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly AnswerCase[] }

/** One list of answers for all languages: the workers run it too. */
describe('an event handler answers as in every other language', () => {
  const app = Fastify()

  beforeAll(async () => {
    for (const [i, { value }] of cases.entries())
      app.get(`/${i}`, (_request, reply) => applyAnswer(reply, value))
    await app.ready()
  })
  afterAll(() => app.close())

  it.each(cases.map((answerCase, i) => [answerCase.name, answerCase, i] as const))(
    '%s',
    async (_name, wanted, i) => {
      const answer = await app.inject(`/${i}`)
      if (wanted.code !== undefined) {
        expect(answer.json()).toMatchObject({ code: wanted.code })
        return
      }
      expect(answer.statusCode).toBe(wanted.status)
      for (const [name, value] of Object.entries(wanted.headers ?? {})) {
        // Fastify names the charset of any JSON.
        const got =
          name === 'content-type' ? String(answer.headers[name]).slice(0, value.length) : answer.headers[name]
        expect(got).toEqual(value)
      }
      if (wanted.bodyHex !== undefined) expect(answer.rawPayload.toString('hex')).toBe(wanted.bodyHex)
      else if (wanted.bodyJson === undefined) expect(answer.body).toBe(wanted.body)
      else expect(answer.json()).toEqual(wanted.bodyJson)
    }
  )
})
