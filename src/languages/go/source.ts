import { basename, dirname, join } from 'node:path'
import type { WorkerFunction } from '../language.ts'
import { readNames, readText, toContentHash } from '../compiled/content-hash.ts'

/** Stands for the project's directory in positions, so that a program built in one place runs in another. */
export const SOURCE_ROOT = '/treeway-source/'

/** One function file as a package of its own, with the helper files of its folder. */
export interface GoPackage {
  readonly fn: WorkerFunction
  /** Its folder in the module, and its name. Stays the same while the file has the same name. */
  readonly name: string
  /** Names of the functions that could be called. */
  readonly handlers: readonly string[]
  readonly files: readonly GoFile[]
}

export interface GoFile {
  /** As the compiler shall see it. */
  readonly name: string
  readonly text: string
  /** Path below the project's directory. */
  readonly source: string
}

const HANDLERS = ['handler', 'Handler', 'main']

/** `dir` is the project's. */
export function readPackage(fn: WorkerFunction, dir: string): GoPackage {
  const text = readSource(fn.file)
  const name = `treeway_f_${toContentHash([fn.name]).slice(0, 12)}`
  const clause = findPackageClause(text)
  const helpers = readHelpers(fn, dir, clause?.name)
  const own = { name: 'treeway_handler.go', text: toPackage(text, name, fn.name), source: fn.name }
  const others = helpers.map((helper) => ({ ...helper, text: toPackage(helper.text, name, helper.source) }))
  return { fn, name, handlers: findHandlers(text, fn.handler), files: [own, ...others] }
}

/** Files of the same folder and package that are no handler themselves. */
function readHelpers(fn: WorkerFunction, dir: string, packageName: string | undefined): GoFile[] {
  const folder = dirname(fn.file)
  return readNames(folder).flatMap((name) => {
    if (!name.endsWith('.go') || name.endsWith('_test.go') || name === basename(fn.file)) return []
    const text = readSource(join(folder, name))
    if (findPackageClause(text)?.name !== packageName || findHandlers(text, fn.handler).length > 0) return []
    // a file whose name begins with _ would be invisible to Go; _linux.go and the like keep their meaning
    const visible = `helper_${name.replaceAll(/[^\w.]/g, '_').replace(/^[._]+/, '')}`
    return [{ name: visible, text, source: join(folder, name).slice(dir.length + 1) }]
  })
}

/** Names of top-level functions that can be a handler. `main` only with parameters: without, it is a program's. */
function findHandlers(text: string, wanted: string | undefined): readonly string[] {
  const names = [...new Set([...HANDLERS, ...(wanted === undefined ? [] : [wanted])])]
  return names.filter((name) => {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return false
    const parameters = name === 'main' ? '\\(\\s*[^\\s)]' : '\\('
    return new RegExp(`^func[ \\t]+${name}[ \\t]*${parameters}`, 'm').test(text)
  })
}

/** Lines and columns of the source stay as they are. */
function toPackage(text: string, name: string, source: string): string {
  const clause = findPackageClause(text)
  const renamed =
    clause === undefined ? text : `${text.slice(0, clause.start)}${name}${text.slice(clause.end)}`
  // two files with a main of their own, left from trying them out, would collide
  const withoutMain = renamed.replaceAll(/^func[ \t]+main[ \t]*\([ \t]*\)/gm, (head) =>
    'func _()'.padEnd(head.length)
  )
  return `//line ${SOURCE_ROOT}${source}:1:1\n${withoutMain}`
}

interface PackageClause {
  readonly name: string
  /** Where the name is. */
  readonly start: number
  readonly end: number
}

/** The first word of a Go file that is no comment is `package`. */
function findPackageClause(text: string): PackageClause | undefined {
  const found = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*package[ \t]+(\w+)/.exec(text)
  const name = found?.[1]
  if (found === null || name === undefined) return undefined
  const end = found[0].length
  return { name, start: end - name.length, end }
}

/** Without a byte order mark: what we put in front would make it one in the middle. */
function readSource(file: string): string {
  return (readText(file) ?? '').replace(/^\uFEFF/, '')
}
