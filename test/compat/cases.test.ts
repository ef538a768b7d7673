import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fastifyPlugin from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import Fastify from '../../src/fastify.ts'
import type { Case, Expectation } from '../conformance/case.ts'
import { hasLogLine, judge } from '../conformance/judge.ts'
import { sendRaw } from '../conformance/raw-request.ts'

interface ScriptCase extends Case {
  readonly script: string
  readonly statement: string
  readonly dialect?: 'fastify1'
}

type Script = (...values: unknown[]) => Promise<FastifyInstance>

const projectRequire = createRequire(new URL('../../package.json', import.meta.url))
const source = new URL('../conformance/cases/fastify-gadget.json', import.meta.url)
const cases: Case[] = JSON.parse(await readFile(source, 'utf8'))
const scripts = cases.filter((one): one is ScriptCase => one.script !== undefined)

describe('a script through treeway/fastify', () => {
  it.each(scripts.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const lines: string[] = []
    const starting = start(one, lines)
    if (one.expectStartError) {
      const message = await starting.then(() => 'it started', String)
      for (const text of one.expectStartError.messageIncludes ?? []) expect(message).toContain(text)
      return
    }
    const app = await starting
    onTestFinished(() => app.close())
    expect(await ask(one, app)).toEqual([])
    await vi.waitFor(() => {
      for (const pattern of [one.expectLogs ?? []].flat()) expect(hasLogLine(lines, pattern)).toBe(true)
    })
    for (const pattern of [one.rejectLogs ?? []].flat()) expect(hasLogLine(lines, pattern)).toBe(false)
  })
})

async function start(one: ScriptCase, lines: string[]): Promise<FastifyInstance> {
  const dir = await mkdtemp(join(tmpdir(), 'treeway-script-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(one.files ?? {})) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  await symlink(dirname(dirname(projectRequire.resolve('fastify/package.json'))), join(dir, 'node_modules'))
  const app = await run(one, createRequire(join(dir, 'app.js')), lines)
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

function run(one: ScriptCase, local: NodeJS.Require, lines: string[]): Promise<FastifyInstance> {
  const { dialect } = one
  const factory = Object.assign(
    (options?: object) => Fastify({ ...options, ...(dialect && { dialect }) }),
    Fastify
  )
  const logger = { level: 'trace', stream: { write: (line: string) => void lines.push(line) } }
  const load = (id: string): unknown =>
    id.startsWith('.') ? local(id) : id === 'fastify' ? factory : projectRequire(id)

  const script = new Function(
    'Fastify',
    'fp',
    'logger',
    'require',
    `return (async () => {${one.script}\n})()`
  )
  return (script as unknown as Script)(factory, fastifyPlugin, logger, load)
}

async function ask(one: ScriptCase, app: FastifyInstance): Promise<string[]> {
  const { port } = app.server.address() as AddressInfo
  const wanted = [one.expect].flat() as readonly Expectation[]
  const faults: string[] = []
  for (const [index, request] of (one.requests ?? []).entries()) {
    const answer = await sendRaw(port, request)
    const found = judge(answer, wanted[index] ?? {}, { statusOnlyForErrors: false })
    faults.push(...found.map((fault) => `#${index} ${request.method ?? 'GET'} ${request.path}: ${fault}`))
  }
  return faults
}
