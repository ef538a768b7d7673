import type { EventPluginContext as Own } from './pages-types.cjs'

type EventPluginContext<
  Env = unknown,
  Params extends string = string,
  Data = Record<string, unknown>,
  PluginArgs = unknown
> = Own<Env, Params, Data, PluginArgs>

export = EventPluginContext
export as namespace EventPluginContext
