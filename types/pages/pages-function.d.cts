import type { PagesFunction as Own } from './pages-types.cjs'

type PagesFunction<
  Env = unknown,
  Params extends string = string,
  Data extends Record<string, unknown> = Record<string, unknown>
> = Own<Env, Params, Data>

export = PagesFunction
export as namespace PagesFunction
