import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readSections } from './read-samples.ts'
import type { Exchange, Section } from './read-samples.ts'

const PAGES = ['README.md', 'docs/routing.md', 'docs/handlers.md', 'docs/pages.md']

describe.each(PAGES)('the samples of %s', (page) => {
  const sections = readSections(fileURLToPath(new URL(`../../${page}`, import.meta.url)))

  test('are there', () => {
    expect(sections.length).toBeGreaterThan(0)
  })

  describe.each(sections.map((section) => [section.title, section] as const))('%s', (_title, section) => {
    let dir: string
    let app: FastifyInstance
    let url: string

    beforeAll(async () => {
      dir = writeFiles(section)
      app = await createApp({ dir, problems: 'serve' })
      url = await app.listen({ port: 0, host: '127.0.0.1' })
    })

    afterAll(async () => {
      await app.close()
      rmSync(dir, { recursive: true, force: true })
    })

    test('have no problems but those they show', () => {
      const isFaulty = section.exchanges.some(({ status }) => status === 409 || status >= 500)
      if (!isFaulty) expect(app.treeway.problems).toEqual([])
    })

    test.each(
      section.exchanges.map((exchange) => [`${exchange.method} ${exchange.path}`, exchange] as const)
    )('%s', async (_request, exchange) => {
      expect(await ask(url, exchange)).toEqual(toExpected(exchange))
    })
  })
})

function writeFiles({ files }: Section): string {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-docs-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

async function ask(url: string, { method, path, headers, body, answer, answerHeaders }: Exchange) {
  const isJson = body !== undefined && /^[[{]/.test(body)
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body })
  })
  const text = await response.text()
  const names = Object.keys(answerHeaders)
  return {
    status: response.status,
    answer: answer === undefined ? undefined : text,
    headers: Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))
  }
}

function toExpected({ status, answer, answerHeaders }: Exchange) {
  return { status, answer, headers: answerHeaders }
}
