import type { Fetcher as Own } from './pages-types.cjs'

type Fetcher = Own

export = Fetcher
export as namespace Fetcher
