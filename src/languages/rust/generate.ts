import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText, toContentHash } from '../compiled/content-hash.ts'
import type { BuildOptions } from '../compiled/compiler.ts'
import { type RustGroup, WORKER_FOLDER } from './group.ts'
import { toManifest } from './manifest.ts'
import type { RustModule } from './source.ts'

export interface RustCrate {
  /** Absolute. */
  readonly dir: string
  readonly name: string
  /** Which function a line of the generated main.rs is about, from 1. */
  readonly functionOfLine: ReadonlyMap<number, string>
}

/** Writes the crate below the state folder. Its modules are the source files themselves, where they lie. */
export async function writeCrate(
  modules: readonly RustModule[],
  { group, toolchain, context }: BuildOptions<RustGroup>
): Promise<RustCrate> {
  const dir = join(context.stateDir, 'rust', 'crates', group.key)
  // Crates of several projects may share a target folder. The name is in the program: of a build it says what is in it.
  const name = `treeway-${(context.isReproducible ? group.hash : toContentHash([dir])).slice(0, 12)}`
  await mkdir(join(dir, 'src'), { recursive: true })
  const manifest = toManifest(group.dependencies, { name, workerFolder: WORKER_FOLDER })
  await writeWhenChanged(join(dir, 'Cargo.toml'), manifest)
  if (readText(join(dir, 'Cargo.lock')) === undefined) {
    const lock = group.lock ?? readText(join(WORKER_FOLDER, 'Cargo.lock'))
    if (lock !== undefined) await writeFile(join(dir, 'Cargo.lock'), lock)
  }
  const { text, functionOfLine } = toMainFile(modules, { hash: group.hash, version: toolchain.version })
  await writeFile(join(dir, 'src', 'main.rs'), text)
  return { dir, name, functionOfLine }
}

/** Cargo goes by times. */
async function writeWhenChanged(file: string, text: string): Promise<void> {
  if (readText(file) !== text) await writeFile(file, text)
}

interface MainOptions {
  readonly hash: string
  readonly version: string
}

function toMainFile(
  modules: readonly RustModule[],
  { hash, version }: MainOptions
): { readonly text: string; readonly functionOfLine: ReadonlyMap<number, string> } {
  const functionOfLine = new Map<number, string>()
  // the hash makes it another text, so that cargo compiles also where a file got an older time
  const lines = [`// ${hash}`, '#![allow(warnings)]']
  const add = (line: string, of?: string): void => {
    lines.push(line)
    if (of !== undefined) functionOfLine.set(lines.length, of)
  }
  for (const { fn, name } of modules) add(`#[path = ${JSON.stringify(fn.file)}] mod ${name};`, fn.name)
  add('fn main() {')
  add('    ::treeway_worker::run(::std::vec![')
  for (const { fn, name, handlers } of modules) {
    for (const handler of handlers) {
      add(
        `        ::treeway_worker::function(${JSON.stringify(fn.name)}, "${handler}", ${name}::${handler}),`,
        fn.name
      )
    }
  }
  add(`    ], ${JSON.stringify(version)})`)
  add('}')
  return { text: `${lines.join('\n')}\n`, functionOfLine }
}
