const DEFAULT_PATH = '/_treeway/metrics'

/** Where the metrics are, and who may see them. */
export interface MetricsMode {
  readonly path: string
  /** `local`: this machine alone. */
  readonly audience: 'everybody' | 'local'
}

/**
 * What the configuration says of metrics; undefined where they are off.
 *
 * @param option `dev`: in dev, for this machine alone; true: always; a path: always, and there; false: never.
 */
export function toMetricsMode(option: boolean | string, isDev: boolean): MetricsMode | undefined {
  if (option === false || (option === 'dev' && !isDev)) return undefined
  if (option === 'dev') return { path: DEFAULT_PATH, audience: 'local' }
  return { path: option === true ? DEFAULT_PATH : option, audience: 'everybody' }
}
