import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Problem } from '../../src/errors.ts'
import type {
  Language,
  Runtime,
  RuntimeOptions,
  WorkerAnswer,
  WorkerFunction,
  WorkerLogLine
} from '../../src/languages/language.ts'

export interface ProjectOptions {
  /** fn.env.json, by file. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly fn?: Partial<WorkerFunction>
  /** The same for one file, by name. */
  readonly fnOf?: Readonly<Record<string, Partial<WorkerFunction>>>
  readonly runtime?: Partial<RuntimeOptions>
  /** Names of the files that are functions. Default: by their extension. */
  readonly functions?: readonly string[]
}

export interface Sent {
  readonly method?: string
  readonly params?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly event?: Readonly<Record<string, unknown>>
  readonly signal?: { readonly aborted: boolean }
}

/** A folder of handler files and the runtime that serves them, without a server. `close` ends and removes both. */
export interface RuntimeProject {
  readonly dir: string
  readonly runtime: Runtime
  readonly problems: readonly Problem[]
  readonly logs: WorkerLogLine[]
  readonly progress: string[]
  readonly functions: readonly WorkerFunction[]
  invoke(name: string, sent?: Sent): Promise<WorkerAnswer>
  write(name: string, text: string): string
  close(): Promise<void>
}

/** Every file with the language's extension whose name has no `_` in front is a function. */
export async function openProject(
  language: Language,
  files: Readonly<Record<string, string>>,
  options: ProjectOptions = {}
): Promise<RuntimeProject> {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-'))
  const write = (name: string, text: string): string => {
    const file = join(dir, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  const functions = toFunctions(dir, options.functions ?? listFunctions(language, files), options)
  const logs: WorkerLogLine[] = []
  const progress: string[] = []
  const runtime = language.createRuntime({
    dir,
    stateDir: join(dir, '.treeway'),
    onLog: (line) => logs.push(line),
    onProgress: (text) => progress.push(text),
    ...options.runtime
  })
  const problems = await runtime.prepare(functions)
  return {
    dir,
    runtime,
    problems,
    logs,
    progress,
    functions,
    write,
    invoke: async (name, sent = {}) => await runtime.invoke(toFunction(functions, name), toRequest(sent)),
    close: async () => {
      await runtime.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

function toFunctions(
  dir: string,
  names: readonly string[],
  { env = {}, fn = {}, fnOf = {} }: ProjectOptions
): WorkerFunction[] {
  return names.map((name) => ({
    file: join(dir, name),
    name,
    env: env[name] ?? {},
    timeoutMs: 10_000,
    maxConcurrency: 1000,
    ...fn,
    ...fnOf[name]
  }))
}

function listFunctions(language: Language, files: Readonly<Record<string, string>>): string[] {
  const isFunction = (name: string): boolean =>
    language.extensions.some((extension) => name.endsWith(`.${extension}`)) && !/(^|\/)_/.test(name)
  return Object.keys(files).filter(isFunction)
}

function toFunction(functions: readonly WorkerFunction[], name: string): WorkerFunction {
  const found = functions.find((fn) => fn.name === name)
  if (found === undefined) throw new Error(`no function ${name}`)
  return found
}

let lastId = 0

function toRequest({ method = 'GET', params = {}, body, event = {}, signal = { aborted: false } }: Sent) {
  const id = `req-${++lastId}`
  return {
    event: { id, method, path: '/', raw_path: '/', query: {}, headers: {}, ...event },
    params,
    signal,
    ...(body !== undefined && { body: typeof body === 'string' ? Buffer.from(body) : body })
  }
}

export async function readBody(answer: WorkerAnswer): Promise<Buffer> {
  if (answer.body === undefined) return Buffer.alloc(0)
  if (answer.body instanceof Uint8Array) return Buffer.from(answer.body)
  const pieces: Buffer[] = []
  for await (const piece of answer.body) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

export async function readText(answer: WorkerAnswer): Promise<string> {
  return (await readBody(answer)).toString()
}

/** Resolves when the condition holds; throws after the deadline. */
export async function waitFor(isTrue: () => boolean, what: string, maxMs = 10_000): Promise<void> {
  const until = Date.now() + maxMs
  while (!isTrue()) {
    if (Date.now() > until) throw new Error(`waited ${maxMs} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Whether a tool is there. On CI every language must be, so that no test is skipped in silence. */
export function hasTool(command: string, args: readonly string[] = ['--version']): boolean {
  if (process.env['CI'] === 'true') return true
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
