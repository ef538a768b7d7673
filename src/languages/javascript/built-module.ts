import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModuleCode, ModuleMap } from './transformed-module.ts'

/**
 * Where an import of a built module leads: `./functions/b.ts` is a file below the project's directory, `commonjs` and
 * `module` a package that Node loads. What is not listed is looked up when it is asked for.
 */
export type BuiltImports = Readonly<Record<string, string>>

/** A module as `treeway build` leaves it. */
export interface BuiltModule {
  readonly code: ModuleCode
  readonly imports: BuiltImports
}

/** The first line of a built module; its code begins on the second. */
interface Head {
  readonly strict: boolean
  readonly awaiting: boolean
  readonly hasMap: boolean
  readonly imports: BuiltImports
}

interface MapFile {
  readonly mappings: string
  readonly names: readonly string[]
  readonly x_treeway_source: number
}

/** Files of a built module, by their names' ending. `toSource` leads from the built file to the source file. */
export function toBuiltFiles(
  { code, imports }: BuiltModule,
  toSource: string
): Readonly<Record<string, string>> {
  const { strict, awaiting, map } = code
  const head: Head = { strict, awaiting, hasMap: map !== undefined, imports }
  const text = `// ${JSON.stringify(head)}\n${code.code}`
  return map === undefined
    ? { '.js': text }
    : { '.js': text, '.js.map': `${JSON.stringify(toMapFile(map, toSource))}\n` }
}

/** The line of the head moves everything down by one, which is one more `;`. */
function toMapFile({ mappings, names, source }: ModuleMap, toSource: string): object {
  const sources = [...Array.from({ length: source }, () => 'treeway:import'), toSource, 'treeway:module']
  return { version: 3, sources, names, mappings: `;${mappings}`, x_treeway_source: source }
}

/** Undefined where `name` (below the project's directory) was not built. */
export function readBuiltModule(modulesDir: string, name: string): BuiltModule | undefined {
  const file = join(modulesDir, `${name}.js`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const end = text.indexOf('\n')
  // Written by `treeway build`, in the format that its manifest names.
  const { strict, awaiting, hasMap, imports } = JSON.parse(text.slice(3, end)) as Head
  const code = { code: text.slice(end + 1), strict, awaiting }
  return { code: hasMap ? { ...code, map: readMap(`${file}.map`) } : code, imports }
}

/** Maps may be left behind where a build is shipped: then stack traces show the built lines. */
function readMap(file: string): ModuleMap {
  try {
    const { mappings, names, x_treeway_source } = JSON.parse(readFileSync(file, 'utf8')) as MapFile
    return { mappings: mappings.slice(1), names, source: x_treeway_source }
  } catch {
    return { mappings: '', names: [], source: 0 }
  }
}
