import { init, parse } from 'es-module-lexer'
import type { TransformOptions, TransformResult } from 'esbuild'
import { transformAwaiting } from './transform-awaiting.ts'
import type { EsbuildService } from './esbuild-service.ts'
import { isModuleByName, toSourceLoader } from './source-file.ts'
import { renameDynamicImports, toImportCalls } from './module-code.ts'
import { createSyntaxError, toSyntaxProblems } from './syntax-problem.ts'
import { transformTarget, type ModuleCode, type SourceInput } from './transformed-module.ts'

/**
 * CommonJS of the source, or undefined when it is CommonJS as it stands: then it keeps its lines and columns, and
 * costs nothing.
 */
export function toPlainCode(file: string, source: string): ModuleCode | undefined {
  if (toSourceLoader(file) !== 'js' || isModuleByName(file) || hasModuleSyntax(source)) return undefined
  const body = source.startsWith('#!') ? `//${source.slice(2)}` : source
  return { code: renameDynamicImports(body), strict: false, awaiting: false }
}

/** Throws TREEWAY_SYNTAX. */
export async function transformSource(input: SourceInput, esbuild: EsbuildService): Promise<ModuleCode> {
  await init()
  try {
    return toModuleCode(input, await esbuild.transform(input.source, toOptions(input)))
  } catch (error) {
    if (!isAwaitRefused(error)) throw toSourceError(input, error)
  }
  try {
    return await transformAwaiting(input, esbuild)
  } catch (error) {
    throw toSourceError(input, error)
  }
}

/** The same for a `require` that could not be foreseen. A top-level await is refused, as Node refuses it. */
export function transformSourceSync(input: SourceInput, esbuild: EsbuildService): ModuleCode {
  try {
    return toModuleCode(input, esbuild.transformSync(input.source, toOptions(input)))
  } catch (error) {
    throw toSourceError(input, error)
  }
}

function toOptions(input: SourceInput): TransformOptions {
  return {
    loader: toSourceLoader(input.file) ?? 'js',
    // The output does not depend on where the file is, so that the cache on disk can be keyed by content.
    sourcefile: 'module',
    format: 'cjs',
    platform: 'neutral',
    target: transformTarget,
    charset: 'utf8',
    // Each option costs esbuild a little time per file.
    ...(/\bimport\s*\.\s*meta\b/.test(input.source) && { define: { 'import.meta': '$meta' } }),
    ...(input.tsconfigRaw !== '{}' && { tsconfigRaw: input.tsconfigRaw }),
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent'
  }
}

function toModuleCode(input: SourceInput, result: TransformResult): ModuleCode {
  const { mappings, names } = JSON.parse(result.map) as { mappings: string; names: string[] }
  return {
    code: toImportCalls(renameDynamicImports(result.code)),
    map: { mappings, names, source: 0 },
    strict: isModuleByName(input.file) || hasModuleSyntax(input.source),
    awaiting: false
  }
}

function hasModuleSyntax(source: string): boolean {
  if (!/\b(import|export)\b/.test(source)) return false
  try {
    return parse(source)[3]
  } catch {
    // esbuild will say what is wrong with it.
    return true
  }
}

function isAwaitRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Top-level await is currently not supported')
}

function toSourceError(input: SourceInput, error: unknown): unknown {
  const problems = toSyntaxProblems(input, error)
  return problems.length === 0 ? error : createSyntaxError(problems, error)
}
