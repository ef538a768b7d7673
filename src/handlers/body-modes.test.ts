import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { bodyText, registerBodyMode, settleBody } from './body-modes.ts'
import type { BodyMode } from './style.ts'

const schema = {
  body: { type: 'object', properties: { stock: { type: 'integer' }, size: { type: 'string', default: 'M' } } }
}

const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

/** What a handler that wants text gets of a validated body. */
async function ask(mode: BodyMode, payload: string): Promise<{ status: number; body: string }> {
  const app = Fastify({ bodyLimit: 2 ** 24 })
  registerBodyMode(app, { mode, isValidated: true })
  app.post('/', { schema }, async (request) => {
    settleBody(request)
    return request[bodyText]
  })
  const headers = { 'content-type': 'application/json' }
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload, headers })
  await app.close()
  return { status: statusCode, body }
}

const modes: readonly BodyMode[] = ['text', 'stream']

test.each(modes)(
  '%s: a body that its schema leaves alone is what was sent, however deep it is',
  async (mode) => {
    for (const sent of ['{ "stock": 3,\n"size": "L" }', `{"size":"L","rest":${DEEP}}`]) {
      const { status, body } = await ask(mode, sent)
      expect([status, body === sent]).toEqual([200, true])
    }
  }
)

test.each(modes)('%s: a body that its schema changes is printed anew', async (mode) => {
  expect((await ask(mode, '{ "stock": "3" }')).body).toBe('{"stock":3,"size":"M"}')
  expect((await ask(mode, '{"size":"S","stock":"3"}')).body).toBe('{"size":"S","stock":3}')
})

/** From Node 26 on printing has no limit of levels. */
function canPrint(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text
  } catch {
    return false
  }
}

test.each(modes)('%s: a body too deep to be printed anew is refused', async (mode) => {
  const { status, body } = await ask(mode, `{"rest":${DEEP}}`)
  if (canPrint(DEEP)) expect([status, body.endsWith('"size":"M"}')]).toEqual([200, true])
  else expect([status, body]).toEqual([400, expect.stringContaining('TREEWAY_BODY_TOO_DEEP')])
})
