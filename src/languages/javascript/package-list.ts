import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { satisfies, validRange } from 'semver'
import { readText, readTree, toContentHash } from '../compiled/content-hash.ts'
import { listFoldersUp } from './package-folders.ts'

/** A package.json of a folder of the tree, as it is installed below the state folder. */
export interface PackageList {
  /** Absolute. */
  readonly file: string
  /** Of what it asks for, its lock, the local packages it names, and the Node that they are for. */
  readonly hash: string
  /** The package.json to install from. Undefined: the file holds no JSON object. */
  readonly text: string | undefined
  /** The package.json that stays: what Node reads of it, and nothing that names a place of this machine. */
  readonly rest: string
  /** The package-lock.json to install from. */
  readonly lock: string | undefined
  /** All is as the lock has it. False: local packages are taken as they are. */
  readonly isLocked: boolean
}

type Json = Readonly<Record<string, unknown>>

/** What says which packages are installed. */
const LISTS = ['dependencies', 'optionalDependencies', 'overrides'] as const
const KEPT = [...LISTS, 'devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'imports'] as const

/** Undefined when it asks for nothing, or all it asks for is in a node_modules already. */
export function readPackageList(file: string): PackageList | undefined {
  const folder = dirname(file)
  const json = parseObject(readText(file) ?? '')
  if (json === undefined)
    return { file, hash: '', text: undefined, rest: '', lock: undefined, isLocked: false }
  const dependencies = Object.entries(asObject(json['dependencies']))
  if (dependencies.every(([name, range]) => isSatisfied(name, String(range), folder))) return undefined
  const locals = listLocals(json, folder)
  const kept = pick(json, KEPT)
  const lock = readText(join(folder, 'package-lock.json'))
  const rest = toText(pick(json, ['imports']))
  const texts = [`${process.platform}-${process.arch}-${process.versions.modules}`, JSON.stringify(kept)]
  const hash = toContentHash([...texts, lock ?? '', ...readLocals(locals)])
  if (lock !== undefined && locals.length === 0)
    return { file, hash, text: toText(kept), rest, lock, isLocked: true }
  const { devDependencies: _none, ...needed } = kept
  const text = toText(toAbsolute(needed, folder))
  return { file, hash, text, rest, lock: withoutLocals(lock), isLocked: false }
}

/**
 * Node's own resolution finds it. What lies beside the list was installed for it; what lies above is for others as well,
 * so its version has to be one that is asked for.
 */
function isSatisfied(name: string, range: string, folder: string): boolean {
  for (const at of listFoldersUp(folder)) {
    const text = readText(join(at, 'node_modules', name, 'package.json'))
    if (text !== undefined) return at === folder || fits(parseObject(text)?.['version'], range, folder)
  }
  return false
}

function fits(version: unknown, written: string, folder: string): boolean {
  const local = toLocalPath(written, folder)
  if (local !== undefined) {
    const text = readText(join(local, 'package.json'))
    return text === undefined || parseObject(text)?.['version'] === version
  }
  // `npm:other-name@^1.0.0`
  const range = written.replace(/^npm:.+@/, '')
  return validRange(range) === null || satisfies(String(version), range, { includePrerelease: true })
}

// Local packages: `file:../tools`

function listLocals(json: Json, folder: string): string[] {
  const written = LISTS.flatMap((list) => Object.values(asObject(json[list])))
  const paths = written.map((value) => toLocalPath(value, folder))
  return paths.filter((path) => path !== undefined)
}

function toLocalPath(written: unknown, folder: string): string | undefined {
  if (typeof written !== 'string') return undefined
  if (written.startsWith('file:///')) return fileURLToPath(written)
  const [, path] = /^(?:file:(?:\/\/)?(?!~)|(?=\.{0,2}\/))(.+)$/.exec(written) ?? []
  return path === undefined ? undefined : resolve(folder, path)
}

/** The texts of local packages and of those that they name: an edit in one of them asks for another install. */
function readLocals(locals: readonly string[]): string[] {
  const seen = new Set(locals)
  const texts: string[] = []
  for (const path of seen) {
    for (const file of listFilesOf(path)) texts.push(file.slice(path.length), readText(file) ?? '')
    const json = parseObject(readText(join(path, 'package.json')) ?? '') ?? {}
    for (const further of listLocals(json, path)) seen.add(further)
  }
  return texts
}

/** Of a packed package, itself; of what can not be read, nothing: npm says so better. */
function listFilesOf(path: string): readonly string[] {
  try {
    return statSync(path).isDirectory() ? readTree(path, () => true) : [path]
  } catch {
    return []
  }
}

/** npm runs elsewhere than where the file lies, so that nothing is written there. */
function toAbsolute(json: Json, folder: string): Json {
  const lists = LISTS.filter((list) => json[list] !== undefined)
  const toPath = (value: unknown): unknown => {
    const path = toLocalPath(value, folder)
    return path === undefined ? value : `file:${path}`
  }
  const mapped = lists.map((list) => {
    const entries = Object.entries(asObject(json[list])).map(([name, value]) => [name, toPath(value)])
    return [list, Object.fromEntries(entries)] as const
  })
  return { ...json, ...Object.fromEntries(mapped) }
}

/** The lock knows local packages by paths that lead on from its own folder only. */
function withoutLocals(lock: string | undefined): string | undefined {
  const json = parseObject(lock ?? '')
  if (json?.['packages'] === undefined) return undefined
  const packages = Object.entries(asObject(json['packages'])).filter(([path, entry]) => {
    const { link, resolved } = asObject(entry)
    const isLocal = link === true || (typeof resolved === 'string' && resolved.startsWith('file:'))
    return path.startsWith('node_modules/') && !isLocal
  })
  return toText({ ...pick(json, ['lockfileVersion', 'requires']), packages: Object.fromEntries(packages) })
}

function pick(json: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    names.filter((name) => json[name] !== undefined).map((name) => [name, json[name]])
  )
}

function toText(json: Json): string {
  return `${JSON.stringify(json, undefined, 2)}\n`
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
