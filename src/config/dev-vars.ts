import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** Files that say variables on a developer's machine: with the first of them, the other two are not read. */
export const devVarsFiles = ['.dev.vars', '.env', '.env.local'] as const

/**
 * What a Pages project's functions see in development beside the configured `env`: `.dev.vars`, or where there is none,
 * `.env` and over it `.env.local`. Never read in production.
 *
 * @param hasNames The configuration says itself what of the environment functions see: then only `.dev.vars` adds to it.
 */
export function readDevVars(dir: string, hasNames = false): Readonly<Record<string, string>> {
  const [own, ...shared] = devVarsFiles.map((file) => readVars(join(dir, file)))
  return own ?? (hasNames ? {} : Object.assign({}, ...shared))
}

/** Undefined where there is no such file. */
function readVars(file: string): Readonly<Record<string, string>> | undefined {
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>
  } catch {
    return undefined
  }
}
