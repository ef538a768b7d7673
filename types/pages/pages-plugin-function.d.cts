import type { PagesPluginFunction as Own } from './pages-types.cjs'

type PagesPluginFunction<
  Env = unknown,
  Params extends string = string,
  Data extends Record<string, unknown> = Record<string, unknown>,
  PluginArgs = unknown
> = Own<Env, Params, Data, PluginArgs>

export = PagesPluginFunction
export as namespace PagesPluginFunction
