import type { FastifyInstance } from 'fastify'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openApp } from '../app.ts'
import type { ReloadableApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { TreewayError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { IsWhole } from '../files/wait-for-saves.ts'
import { watchTree } from '../files/watch-tree.ts'
import type { TreeWatcher } from '../files/watch-tree.ts'
import { removeUnusedInstalls } from '../languages/workers/remove-unused-installs.ts'
import { createKeptParts } from '../project/kept-parts.ts'
import type { KeptParts } from '../project/kept-parts.ts'
import { waitForSignal } from '../server/stop-signal.ts'
import type { StopSignal } from '../server/stop-signal.ts'
import { AppSlot } from './app-slot.ts'
import { buildWhole } from './build-whole.ts'
import { closeServer, createListener, toServerUrl } from './create-listener.ts'
import type { DevEvent, TreeState } from './dev-event.ts'
import { hasOwnLogger, toLoggerOptions } from './dev-logger.ts'
import { describeFault } from './error-page/describe-fault.ts'
import { createFileFinder } from './file-finder.ts'
import type { FileFinder } from './file-finder.ts'
import { listenOnFreePort } from './free-port.ts'
import { FrontDesk } from './front-desk.ts'
import { isRelevant, isSettings } from './relevant-change.ts'
import { RouteTypesWriter } from './route-types-writer.ts'
import { catchUncaught } from './uncaught.ts'

export interface StartDevOptions {
  readonly config: Config
  /** Problems of the configuration, shown with those of the tree. */
  readonly problems?: readonly Problem[]
  /** Reads configuration and `.env` again when they change. Port and host stay as they are. */
  readonly readConfig?: () => Promise<ReadConfig>
  readonly onEvent: (event: DevEvent) => void
}

export interface ReadConfig {
  readonly config: Config
  readonly problems: readonly Problem[]
}

export interface DevServer {
  readonly url: string
  readonly port: number
  /** Resolves when the server has stopped, with the signal that stopped it, if one did. */
  readonly stopped: Promise<StopSignal | undefined>
  stop(): Promise<void>
}

/**
 * Serves a tree and builds the app again when a file changes: beside the old one, which serves until the new one is
 * ready. A build that fails leaves the last good app in place.
 *
 * @throws TreewayError TREEWAY_PORT_TAKEN with `strictPort`, or when no port nearby is free.
 */
export async function startDev(options: StartDevOptions): Promise<DevServer> {
  const dev = new Dev(options)
  const port = await dev.listen()
  const stopped = dev.stopOnSignal()
  await Promise.all([dev.build([]), dev.watch()])
  // Nobody waits for it.
  void removeUnusedInstalls(join(options.config.dir, options.config.stateDir))
  return { url: dev.url, port, stopped, stop: () => dev.stop() }
}

class Dev {
  url = ''
  readonly #options: StartDevOptions
  readonly #slot: AppSlot
  readonly #desk: FrontDesk
  readonly #server: Server
  readonly #wait = waitForSignal(process)
  readonly #stopCatching: () => void
  readonly #changed = new Set<string>()
  /** All that the watcher told of since the last build, whether it matters for what is served or not. */
  readonly #touched = new Set<string>()
  readonly #types = new RouteTypesWriter()
  readonly #retiring = new Set<Promise<void>>()
  #current: ReadConfig
  #kept: KeptParts
  /** Of configurations that no longer hold, until the app of their time is closed. */
  readonly #outgoing: KeptParts[] = []
  #watcher: TreeWatcher | undefined
  #serving: ReloadableApp | undefined
  #work: Promise<unknown> = Promise.resolve()
  #isWorking = false
  /** An app could be built at least once. */
  #isReady = false
  #stopping: Promise<void> | undefined
  #findFile: FileFinder = () => undefined

  constructor(options: StartDevOptions) {
    this.#options = options
    this.#current = { config: options.config, problems: options.problems ?? [] }
    this.#kept = createKeptParts(options.config)
    this.#slot = new AppSlot(options.config.gracePeriodMs)
    this.#desk = new FrontDesk({
      dir: options.config.dir,
      slot: this.#slot,
      onEvent: options.onEvent,
      findFile: (method, url) => this.#findFile(method, url),
      built: () => this.#work,
      // Node keeps a connection open after its last answer, even of a server that is closing.
      onEnd: () => this.#stopping && setImmediate(() => this.#server.closeIdleConnections())
    })
    this.#server = createListener(options.config.fastify, (request, response) =>
      this.#desk.handle(request, response)
    )
    this.#stopCatching = catchUncaught((error) =>
      options.onEvent({ kind: 'uncaught', describe: () => describeFault(error, options.config.dir) })
    )
  }

  async listen(): Promise<number> {
    const { host, port, strictPort } = this.#options.config
    const onTaken = (taken: number, nextPort: number): void =>
      this.#options.onEvent({ kind: 'port-taken', port: taken, nextPort })
    try {
      const found = await listenOnFreePort(this.#server, { host, port, isStrict: strictPort, onTaken })
      this.url = toServerUrl(this.#options.config, found)
      return found
    } catch (error) {
      this.#release()
      throw error
    }
  }

  /** Builds the app and puts it in place, and says how that went. */
  async build(files: readonly string[]): Promise<void> {
    const startedAt = performance.now()
    const { dir } = this.#options.config
    const paths = files.map((file) => join(dir, file))
    const work = buildWhole(paths, (isWhole) => this.#buildApp(files, isWhole)).then(
      (tree) => tree && this.#tellBuilt(files, tree, performance.now() - startedAt),
      (error: unknown) => this.#tellFailed(files, error)
    )
    this.#work = work
    await work
  }

  async watch(): Promise<void> {
    const { dir, stateDir, poll } = this.#options.config
    this.#watcher = await watchTree({
      dir,
      ignorePaths: [stateDir],
      isPolling: poll,
      onChange: (paths) => this.#noteChange(paths),
      onError: (error) => this.#options.onEvent({ kind: 'watch-failed', error })
    })
  }

  async stopOnSignal(): Promise<StopSignal | undefined> {
    const stopped = new Promise<undefined>((resolve) => this.#server.once('close', () => resolve(undefined)))
    const signal = await Promise.race([this.#wait.signal, stopped])
    if (signal) this.#options.onEvent({ kind: 'stopping', signal })
    await this.stop()
    return signal
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    await this.#stopping
  }

  async #stopAll(): Promise<void> {
    // A build that is still under way closes its own app when it ends; nobody should have to wait for it.
    this.#types.cancel()
    await this.#watcher?.stop()
    this.#desk.changes.stop()
    await closeServer(this.#server, this.#options.config.gracePeriodMs)
    this.#outgoing.push(this.#kept)
    await this.#replace(undefined)
    await Promise.all(this.#retiring)
    this.#release()
  }

  /** Gives back what holds for the whole process. */
  #release(): void {
    this.#wait.cancel()
    this.#stopCatching()
  }

  /** Undefined where nothing was put in place: it stops, or the files have changed meanwhile. */
  async #buildApp(files: readonly string[], isWhole: IsWhole): Promise<TreeState | undefined> {
    if (this.#stopping) return undefined
    this.#types.postpone()
    const mustBuild = this.#desk.failure !== undefined || files.some(isSettings)
    if (mustBuild) await this.#readConfig()
    else if (await this.#serving?.reload(files, isWhole)) return this.#toState()
    if (!isWhole()) return undefined
    this.#types.cancel()
    this.#kept.forget([...this.#touched, ...files])
    this.#touched.clear()
    this.#kept.unload(files)
    const opened = await this.#openApp(this.#current.config)
    const { app } = opened
    if (this.#stopping || !isWhole()) return void (await app.close())
    this.#serving = opened
    this.#desk.failure = undefined
    this.#findFile = createFileFinder(app.treeway.table)
    this.#retire(this.#replace(app))
    this.#types.schedule(app.treeway, this.#current.config)
    return this.#toState()
  }

  /** Requests in flight may still load what they import late: what it loads with goes last. */
  async #replace(app: FastifyInstance | undefined): Promise<void> {
    const outgoing = this.#outgoing.splice(0)
    await this.#slot.replace(app, this.#server)
    for (const kept of outgoing) await kept.close()
  }

  /** With half a configuration other things would be served than were meant: then the last good app stays. */
  async #readConfig(): Promise<void> {
    const { readConfig } = this.#options
    if (!readConfig) return
    const read = await readConfig()
    const errors = read.problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0 && this.#serving)
      throw new TreewayError('TREEWAY_CONFIG_INVALID', 'The configuration has errors.', { problems: errors })
    this.#current = read
    this.#outgoing.push(this.#kept)
    this.#kept = createKeptParts(read.config)
  }

  async #openApp(config: Config): Promise<ReloadableApp> {
    const { onEvent } = this.#options
    const fastify = toLoggerOptions(config, (line) => onEvent({ kind: 'log', line }))
    const isLogged = hasOwnLogger(config)
    return await openApp(
      { dir: config.dir, problems: 'serve', config, fastify },
      {
        isReloadable: true,
        keepsCaches: true,
        kept: this.#kept,
        openapi: 'dev',
        readiness: { isReady: true },
        takeFault: (fault) => this.#desk.takeFault(fault, isLogged)
      }
    )
  }

  /** What is served, after the app took the changes in by itself. */
  #toState(): TreeState | undefined {
    if (!this.#serving) return undefined
    const { table, problems } = this.#serving.app.treeway
    return { table, problems: [...this.#current.problems, ...problems] }
  }

  /** It came in with others that were written with it. */
  #isTaken(path: string): boolean {
    return this.#desk.failure === undefined && this.#kept.isLoaded(path)
  }

  #tellBuilt(files: readonly string[], tree: TreeState, durationMs: number): void {
    this.#desk.changes.change()
    if (this.#isReady) this.#options.onEvent({ kind: 'reloaded', files, tree, durationMs })
    else this.#options.onEvent({ kind: 'ready', url: this.url, tree, durationMs })
    this.#isReady = true
  }

  #tellFailed(files: readonly string[], error: unknown): void {
    this.#desk.failure = error
    this.#desk.changes.change()
    if (this.#stopping === undefined) this.#options.onEvent({ kind: 'failed', files, error })
  }

  /** The old app closes in its own time; `stop` waits for it. */
  #retire(closing: Promise<void>): void {
    const quiet = closing
      .catch((error: unknown) => this.#options.onEvent({ kind: 'failed', files: [], error }))
      .finally(() => this.#retiring.delete(quiet))
    this.#retiring.add(quiet)
  }

  #noteChange(paths: readonly string[]): void {
    for (const path of paths) this.#touched.add(path)
    for (const path of paths.filter(isRelevant)) this.#changed.add(path)
    if (!this.#isWorking && this.#changed.size > 0) void this.#rebuild()
  }

  /** One build at a time; what changes meanwhile goes into the next. */
  async #rebuild(): Promise<void> {
    this.#isWorking = true
    await this.#work
    while (this.#changed.size > 0 && this.#stopping === undefined) {
      const files = [...this.#changed].filter((path) => !this.#isTaken(path)).sort()
      this.#changed.clear()
      if (files.length > 0) await this.build(files)
    }
    this.#isWorking = false
  }
}
