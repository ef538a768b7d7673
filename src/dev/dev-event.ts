import type { Problem } from '../errors.ts'
import type { LogLine } from './dev-logger.ts'
import type { ShownFault } from './error-page/describe-fault.ts'
import type { RouteTable } from '../routes/table.ts'
import type { StopSignal } from '../server/stop-signal.ts'

/** One request that was answered, or whose client has gone. */
export interface RequestLine {
  readonly method: string
  /** As it came, query included. */
  readonly url: string
  readonly status: number
  readonly durationMs: number
  /** The handler file; absent for static files and 404s. */
  readonly file?: string
}

/** What a tree is at one moment. */
export interface TreeState {
  readonly table: RouteTable
  readonly problems: readonly Problem[]
}

/** What dev has to tell. The command line prints it. */
export type DevEvent =
  | { readonly kind: 'port-taken'; readonly port: number; readonly nextPort: number }
  | { readonly kind: 'ready'; readonly url: string; readonly tree: TreeState; readonly durationMs: number }
  | {
      readonly kind: 'reloaded'
      readonly files: readonly string[]
      readonly tree: TreeState
      readonly durationMs: number
    }
  /** The last app that could be built goes on serving. */
  | { readonly kind: 'failed'; readonly files: readonly string[]; readonly error: unknown }
  /** A handler threw outside of any request. The server goes on. */
  | { readonly kind: 'uncaught'; readonly describe: () => ShownFault }
  /** A request was answered with a fault. To describe it reads source files. */
  | { readonly kind: 'fault'; readonly error: unknown; readonly describe: () => ShownFault }
  | { readonly kind: 'log'; readonly line: LogLine }
  | { readonly kind: 'request'; readonly request: RequestLine }
  | { readonly kind: 'watch-failed'; readonly error: Error }
  | { readonly kind: 'stopping'; readonly signal: StopSignal }
