import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** A composer.json, as it is installed below the state folder. */
export interface Composer {
  /** Absolute. */
  readonly file: string
  /** Of its text, its lock, and PHP's version. */
  readonly hash: string
  /** The text to install from: what it says of its own folder, said absolutely. Undefined: it is no JSON object. */
  readonly text: string | undefined
  /** The text of composer.lock beside it. */
  readonly lock: string | undefined
}

type Json = Readonly<Record<string, unknown>>

/** Undefined when it asks for nothing: no packages, nothing to load. */
export function readComposer(file: string, phpVersion: string): Composer | undefined {
  const source = readFileSync(file, 'utf8')
  const lockFile = join(dirname(file), 'composer.lock')
  const lock = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : undefined
  const json = parseObject(source)
  if (json !== undefined && !asksForAnything(json)) return undefined
  const text = json === undefined ? undefined : JSON.stringify(toAbsolute(json, dirname(file)), null, 2)
  const hash = createHash('sha256')
    .update([phpVersion, text ?? source, lock ?? ''].join('\0'))
    .digest('hex')
    .slice(0, 16)
  return { file, hash, text, lock }
}

function asksForAnything(json: Json): boolean {
  const required = Object.keys(asObject(json['require'])).filter((name) => name.includes('/'))
  return required.length > 0 || json['autoload'] !== undefined
}

/** Composer runs elsewhere than where the file lies, so that nothing is written there. */
function toAbsolute(json: Json, folder: string): Json {
  const repositories = json['repositories']
  return {
    ...json,
    ...(json['autoload'] !== undefined && {
      autoload: toAbsoluteAutoload(asObject(json['autoload']), folder)
    }),
    ...(Array.isArray(repositories) && {
      repositories: repositories.map((one: unknown) => toAbsoluteRepository(one, folder))
    })
  }
}

/** `psr-4` and `psr-0` map names to folders; `classmap` and `files` are lists. */
function toAbsoluteAutoload(autoload: Json, folder: string): Json {
  const toPath = (value: unknown): unknown => {
    if (typeof value === 'string') return resolve(folder, value)
    if (Array.isArray(value)) return value.map(toPath)
    return typeof value === 'object' && value !== null ? mapValues(value as Json, toPath) : value
  }
  return mapValues(autoload, toPath)
}

function toAbsoluteRepository(repository: unknown, folder: string): unknown {
  const { type, url } = asObject(repository)
  const isLocal = (type === 'path' || type === 'artifact') && typeof url === 'string'
  return isLocal ? { ...asObject(repository), url: resolve(folder, url) } : repository
}

function mapValues(json: Json, to: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, to(value)]))
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}
