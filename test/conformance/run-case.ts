import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../../src/index.ts'
import type { Case, CaseRequest, Expectation } from './case.ts'
import { hasLogLine, judge } from './judge.ts'
import type { JudgeOptions } from './judge.ts'
import { sendRaw } from './raw-request.ts'

const projectRequire = createRequire(new URL('../../package.json', import.meta.url))

/** Runs one case in a folder of its own and lists what is not as it should be. */
export async function runCase(testCase: Case, options: JudgeOptions): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'treeway-case-'))
  const lines: string[] = []
  try {
    await writeFiles(dir, testCase)
    const app = await open(testCase, dir, lines)
    if (typeof app === 'string') return judgeStartError(testCase, app)
    try {
      return [...(await ask(testCase, app, options)), ...(await judgeLogs(testCase, lines))]
    } finally {
      await app.close()
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

export async function writeFiles(dir: string, { files = {}, npm = [] }: Case): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  if (npm.length === 0) return
  const modules = dirname(dirname(projectRequire.resolve('fastify/package.json')))
  await symlink(modules, join(dir, 'node_modules')).catch(() => undefined)
}

/** The running app, or the message it refused to start with. */
async function open(testCase: Case, dir: string, lines: string[]): Promise<FastifyInstance | string> {
  const logger = { level: 'trace', stream: { write: (line: string) => void lines.push(line) } }
  try {
    const app = await openTree(testCase, dir, logger)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app
  } catch (error) {
    if (!testCase.expectStartError) throw error
    return `${error instanceof Error ? error.message : String(error)} ${(error as { code?: string }).code ?? ''}`
  }
}

function openTree(testCase: Case, dir: string, logger: object): Promise<FastifyInstance> {
  const problems = testCase.expectStartError ? 'refuse' : 'serve'
  return createApp({
    dir,
    problems,
    ...(testCase.logging ? { fastify: { logger } } : {}),
    ...testCase.options
  })
}

function judgeStartError(testCase: Case, message: string): string[] {
  const wanted = testCase.expectStartError?.messageIncludes ?? []
  return wanted
    .filter((text) => !message.includes(text))
    .map((text) => `the start's error lacks ${text}: ${message}`)
}

async function ask(testCase: Case, app: FastifyInstance, options: JudgeOptions): Promise<string[]> {
  if (testCase.expectStartError) return ['it started, but should have refused']
  const { port } = app.server.address() as AddressInfo
  const requests = testCase.requests ?? (testCase.request ? [testCase.request] : [])
  const wanted = [testCase.expect].flat() as readonly Expectation[]
  const faults: string[] = []
  for (const [i, given] of requests.entries()) {
    if (given.delayMs) await wait(given.delayMs)
    const request = await addCondition(port, given, given.conditional ?? testCase.conditional)
    const found = judge(await sendRaw(port, request), wanted[i] ?? {}, options)
    faults.push(...found.map((fault) => `#${i} ${request.method ?? 'GET'} ${request.path}: ${fault}`))
  }
  return faults
}

/** Asks once for the ETag, and sends it back in the form the case wants. */
async function addCondition(
  port: number,
  request: CaseRequest,
  kind: Case['conditional']
): Promise<CaseRequest> {
  if (kind === undefined) return request
  const first = await sendRaw(port, { ...request, headers: {} })
  const tag = first.headers['etag']?.[0] ?? ''
  const forms = { etag: tag, 'weak-etag': `W/${tag.replace(/^W\//, '')}`, 'etag-list': `"x", ${tag}` }
  return { ...request, headers: { ...request.headers, 'if-none-match': forms[kind] } }
}

async function judgeLogs(testCase: Case, lines: readonly string[]): Promise<string[]> {
  if (testCase.waitAfterMs) await wait(testCase.waitAfterMs)
  const lacking = [testCase.expectLogs ?? []].flat().filter((pattern) => !hasLogLine(lines, pattern))
  const extra = [testCase.rejectLogs ?? []].flat().filter((pattern) => hasLogLine(lines, pattern))
  return [
    ...lacking.map((pattern) => `the log lacks ${JSON.stringify(pattern)}`),
    ...extra.map((pattern) => `the log has ${JSON.stringify(pattern)}`)
  ]
}
