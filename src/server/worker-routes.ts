import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyBaseLogger, FastifyReply } from 'fastify'
import type { Config } from '../config/config.ts'
import { TreewayError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { createEventHead, createEventParts } from '../handlers/create-event.ts'
import { readBytes } from '../handlers/body-modes.ts'
import type { RouteHandler } from '../handlers/style.ts'
import { languages } from '../languages/index.ts'
import type {
  Runtime,
  RuntimeStats,
  WorkerAnswer,
  WorkerFunction,
  WorkerLanguageName
} from '../languages/language.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'

/** What a function of another language gets where fn.config.json does not say. */
const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_CONCURRENCY = 100

export interface WorkerRoutes {
  /** Installs and compiles what the tree's functions need; says what is wrong. */
  prepare(): Promise<readonly Problem[]>
  createHandler(route: Route): RouteHandler
  /** These files changed: what uses them runs the new code. Absolute paths. */
  reload(files: readonly string[]): Promise<readonly Problem[]>
  readStats(): readonly RuntimeStats[]
  stop(): Promise<void>
}

export interface WorkerRoutesOptions {
  readonly config: Config
  readonly table: RouteTable
  readonly onProgress: (text: string) => void
  /** Nothing is installed: of a build everything is there. Default false. */
  readonly isFrozen?: boolean
  /** What is compiled is the same bytes wherever the project lies: for a build. Default false. */
  readonly isReproducible?: boolean
  /** Where lines go that handlers print. Asked late: the app's logger is made after this. */
  readonly toLogger: () => FastifyBaseLogger | undefined
}

/** The routes of a table that other languages serve: one runtime for each language that the tree uses. */
export async function createWorkerRoutes(options: WorkerRoutesOptions): Promise<WorkerRoutes> {
  const runtimes = await createRuntimes(options)
  const functions = new Map<string, WorkerFunction>()

  function toFunction(route: Route): WorkerFunction {
    const known = functions.get(route.file)
    if (known) return known
    const fn = createFunction(options.config, route)
    functions.set(route.file, fn)
    return fn
  }

  return {
    async prepare() {
      const lists = [...runtimes].map(([name, runtime]) => {
        const routes = options.table.routes.filter((route) => route.language === name)
        return runtime.prepare([...new Set(routes.map(toFunction))])
      })
      return (await Promise.all(lists)).flat()
    },
    createHandler(route) {
      const runtime = runtimes.get(route.language as WorkerLanguageName)
      return runtime
        ? createRouteHandler({ runtime, fn: toFunction(route), route, config: options.config })
        : createPending(route)
    },
    async reload(files) {
      return (await Promise.all([...runtimes.values()].map((runtime) => runtime.reload(files)))).flat()
    },
    readStats: () => [...runtimes.values()].map((runtime) => runtime.readStats()),
    async stop() {
      await Promise.all([...runtimes.values()].map((runtime) => runtime.stop()))
    }
  }
}

async function createRuntimes({
  config,
  table,
  onProgress,
  isFrozen = false,
  isReproducible = false,
  toLogger
}: WorkerRoutesOptions): Promise<Map<WorkerLanguageName, Runtime>> {
  const runtimes = new Map<WorkerLanguageName, Runtime>()
  for (const name of new Set(table.routes.map((route) => route.language))) {
    if (name === 'javascript') continue
    const language = await languages[name]()
    const runtime = language.createRuntime({
      dir: config.dir,
      stateDir: join(config.dir, config.stateDir),
      onProgress,
      isFrozen,
      isReproducible,
      onLog({ requestId, stream, text }) {
        const level = stream === 'stderr' ? 'warn' : 'info'
        toLogger()?.[level]({ reqId: requestId, language: name }, text)
      }
    })
    runtimes.set(name, runtime)
  }
  return runtimes
}

function createFunction(config: Config, route: Route): WorkerFunction {
  const { timeoutMs, maxConcurrency, handler } = route.functionOptions
  return {
    file: join(config.dir, route.file),
    name: route.file,
    ...(handler === undefined ? {} : { handler }),
    env: { ...config.env, ...route.env },
    timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxConcurrency: maxConcurrency ?? DEFAULT_MAX_CONCURRENCY
  }
}

interface RouteParts {
  readonly runtime: Runtime
  readonly fn: WorkerFunction
  readonly route: Route
  readonly config: Config
}

function createRouteHandler({ runtime, fn, route, config }: RouteParts): RouteHandler {
  const parts = createEventParts(route, config.env)
  return function workerRoute(request, reply) {
    const asked = {
      event: createEventHead(request, parts),
      params: request.params as Record<string, string>,
      body: readBytes(request),
      signal: new ClientSignal(reply)
    }
    return runtime.invoke(fn, asked).then((answer) => applyWorkerAnswer(reply, answer))
  }
}

/** Says whether the client has gone, when it is asked: no listener for each request. */
class ClientSignal {
  readonly #reply: FastifyReply

  constructor(reply: FastifyReply) {
    this.#reply = reply
  }

  get aborted(): boolean {
    return this.#reply.raw.destroyed
  }
}

/** The body, for Fastify to send: a promise of the reply itself would wait for the end of the response. */
function applyWorkerAnswer(
  reply: FastifyReply,
  { status, headers, body }: WorkerAnswer
): Buffer | Readable | null {
  reply.code(status)
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  if (body instanceof Readable && reply.request.method === 'HEAD') {
    body.destroy()
    return null
  }
  return toPayload(body)
}

function toPayload(body: WorkerAnswer['body']): Buffer | Readable | null {
  if (body === undefined || body instanceof Readable) return body ?? null
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

function createPending(route: Route): RouteHandler {
  return function pendingRoute() {
    throw new TreewayError(
      'TREEWAY_LANGUAGE_PENDING',
      `${route.file} is ${route.language}, which is not served yet.`
    )
  }
}
