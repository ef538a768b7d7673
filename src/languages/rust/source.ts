import { dirname, join, relative } from 'node:path'
import { readText, toContentHash } from '../compiled/content-hash.ts'
import type { WorkerFunction } from '../language.ts'

/** One function file as a module of the program, with the files it names. */
export interface RustModule {
  readonly fn: WorkerFunction
  /** Its name in the program. Stays the same while the file has the same name. */
  readonly name: string
  /** The functions that can be called. */
  readonly handlers: readonly string[]
  /** Where a function of the wanted name is that is not `pub`. */
  readonly privateHandler: { readonly name: string; readonly line: number } | undefined
  /** Where the handler begins, from 1. */
  readonly handlerLine: number | undefined
  /** The file, its `mod` files and what it includes: path below the project's directory to text. */
  readonly files: ReadonlyMap<string, string>
}

const HANDLERS = ['handler', 'main']

/** `dir` is the project's. */
export function readModule(fn: WorkerFunction, dir: string): RustModule {
  const files = new Map<string, string>()
  // a file that is named by #[path] looks for its own modules beside it, as main.rs does
  readInto(files, { file: fn.file, children: dirname(fn.file), dir })
  const text = files.get(fn.name) ?? readText(fn.file) ?? ''
  const wanted = fn.handler === undefined ? HANDLERS : [fn.handler]
  const found = wanted.flatMap((name) => findFunction(text, name))
  const isPublic = found.filter((one) => one.isPublic)
  const [hidden] = found.filter((one) => !one.isPublic)
  return {
    fn,
    name: `treeway_f_${toContentHash([fn.name]).slice(0, 12)}`,
    handlers: isPublic.map(({ name }) => name),
    privateHandler: isPublic.length === 0 ? hidden : undefined,
    handlerLine: isPublic[0]?.line,
    files
  }
}

interface FoundFunction {
  readonly name: string
  readonly line: number
  readonly isPublic: boolean
}

/** A `main` without parameters is a program's, not a handler. */
function findFunction(text: string, name: string): readonly FoundFunction[] {
  if (!/^\w+$/.test(name)) return []
  const parameters = name === 'main' ? '\\(\\s*[^\\s)]' : '[(<]'
  const found = new RegExp(
    `^(pub(?:\\([^)]*\\))?\\s+)?(?:async\\s+)?fn\\s+${name}\\s*${parameters}`,
    'm'
  ).exec(text)
  if (found === null) return []
  return [{ name, line: text.slice(0, found.index).split('\n').length, isPublic: found[1] !== undefined }]
}

interface Place {
  readonly file: string
  /** Where `mod x;` in this file looks. */
  readonly children: string
  readonly dir: string
}

const MODULE = /(?:#\[path\s*=\s*"([^"]+)"\]\s*)?(?:\bpub(?:\([^)]*\))?\s+)?\bmod\s+(\w+)\s*;/g
const INCLUDED = /\binclude(?:_str|_bytes)?!\s*\(\s*"([^"]+)"/g

/** Reads as text: a name in a comment adds a file too many, which only costs its reading. */
function readInto(files: Map<string, string>, { file, children, dir }: Place): void {
  const text = readText(file)
  const name = relative(dir, file)
  if (text === undefined || files.has(name)) return
  files.set(name, text)
  for (const [, path, module = ''] of text.matchAll(MODULE)) {
    if (path !== undefined) {
      const target = join(dirname(file), path)
      readInto(files, { file: target, children: dirname(target), dir })
      continue
    }
    const below = join(children, module)
    readInto(files, { file: `${below}.rs`, children: below, dir })
    readInto(files, { file: join(below, 'mod.rs'), children: below, dir })
  }
  for (const [, path = ''] of text.matchAll(INCLUDED)) {
    const target = join(dirname(file), path)
    const included = readText(target)
    if (included !== undefined) files.set(relative(dir, target), included)
  }
}
