import * as nodeModule from 'node:module'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import type { ModuleCode, ModuleMap } from './transformed-module.ts'

/** What every module may name: those of CommonJS, and what we write for `import.meta`, `import()` and the rest. */
export const scopeNames = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  '$meta',
  '$load$',
  '$import$',
  '$export'
] as const

export type ModuleScope = Readonly<Record<(typeof scopeNames)[number], unknown>>

/** Runs the module's code once; a promise when it is awaiting. */
export type ModuleBody = (this: unknown) => unknown

/**
 * Compiles without running: throws SyntaxError, evaluates nothing. The scope's names belong to an outer function
 * and the code to an inner one, so that the code may declare the same names itself (`const require = ...`).
 * What is compiled here is freed when nobody holds it.
 */
export function compileModule(
  file: string,
  code: ModuleCode,
  names: readonly string[]
): (scope: Readonly<Record<string, unknown>>) => ModuleBody {
  const factory = code.map
    ? compileMapped({ file, module: code, map: code.map, names })
    : compilePlain(file, code, names)
  return (scope) => factory(...names.map((name) => scope[name]))
}

type Factory = (...values: unknown[]) => ModuleBody

function compilePlain(file: string, { code }: ModuleCode, names: readonly string[]): Factory {
  // The line before the code is line 0: so lines and columns are those of the file, and need no map.
  const options = { filename: file, lineOffset: -1 }
  return vm.compileFunction(`return function () {\n${code}\n}`, [...names], options) as Factory
}

interface MappedModule {
  readonly file: string
  readonly module: ModuleCode
  readonly map: ModuleMap
  readonly names: readonly string[]
}

/**
 * Node remaps the stack traces of code that came through `eval` and carries its map (of vm's functions it does
 * not, on any version up to 24). It keeps one map per URL, so that reloads do not add up.
 */
function compileMapped({ file, module, map, names }: MappedModule): Factory {
  const url = pathToFileURL(file).href
  const inner = `${module.awaiting ? 'async ' : ''}function () {${module.strict ? ' "use strict"' : ''}`
  const lines = [
    `(function (${names.join(', ')}) { return ${inner}`,
    module.code,
    '}})',
    `//# sourceURL=${url}`,
    `//# sourceMappingURL=${toDataUrl(url, map)}`
  ]
  const indirectEval = eval
  return indirectEval(lines.join('\n')) as Factory
}

/** One empty line goes before the code. Sources other than the module are imports the bundler wrote. */
function toDataUrl(url: string, map: ModuleMap): string {
  const sources = Array.from({ length: map.source }, () => 'treeway:import')
  const json = {
    version: 3,
    sources: [...sources, url, 'treeway:module'],
    names: map.names,
    mappings: `;${map.mappings}`
  }
  return `data:application/json;base64,${Buffer.from(JSON.stringify(json)).toString('base64')}`
}

/**
 * Switches on Node's source maps for code that came through `eval`, for the whole process; packages keep their own
 * lines unless the user asked otherwise, where Node can tell the two apart (from 22.14).
 */
export function enableSourceMaps(): void {
  const { getSourceMapsSupport, setSourceMapsSupport } = nodeModule as unknown as SourceMapsApi
  if (!getSourceMapsSupport || !setSourceMapsSupport) return process.setSourceMapsEnabled(true)
  const { enabled, nodeModules } = getSourceMapsSupport()
  setSourceMapsSupport(true, { nodeModules: enabled && nodeModules, generatedCode: true })
}

/** Not in the types of Node 20. */
interface SourceMapsApi {
  readonly getSourceMapsSupport?: () => { readonly enabled: boolean; readonly nodeModules: boolean }
  readonly setSourceMapsSupport?: (
    enabled: boolean,
    options: { nodeModules: boolean; generatedCode: boolean }
  ) => void
}
