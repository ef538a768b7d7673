import type { OpenapiOption, OpenapiSettings } from '../config/openapi-option.ts'

/** Who can have the document, and what the configuration says of it. */
export interface OpenapiMode {
  readonly settings: OpenapiSettings
  /** `local`: this machine alone. `none`: nobody over HTTP, only whoever holds the app. */
  readonly audience: 'everybody' | 'local' | 'none'
}

/** What of it is on: undefined where nothing is. In dev the types of the routes are made of it in any case. */
export function toOpenapiMode(option: OpenapiOption, isDev: boolean): OpenapiMode | undefined {
  if (option === false) return isDev ? { settings: {}, audience: 'none' } : undefined
  const settings = typeof option === 'object' ? option : {}
  const isDevOnly = option === 'dev' || settings.serve === 'dev'
  if (!isDevOnly) return { settings, audience: 'everybody' }
  return isDev ? { settings, audience: 'local' } : undefined
}
