import type { EventContext as Own } from './pages-types.cjs'

type EventContext<Env = unknown, Params extends string = string, Data = Record<string, unknown>> = Own<
  Env,
  Params,
  Data
>

export = EventContext
export as namespace EventContext
