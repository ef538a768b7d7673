import { readFile } from 'node:fs/promises'
import { init as initCommonJs } from 'cjs-module-lexer'
import { init as initModules } from 'es-module-lexer'
import type { Problem } from '../../errors.ts'
import { createEsbuildService } from './esbuild-service.ts'
import type { ExportCache } from './export-cache.ts'
import { lexExports, type FileExports } from './lex-exports.ts'
import { isPathSpecifier, resolveRelative } from './resolve-file.ts'
import { toSourceLoader } from './source-file.ts'
import { toSyntaxProblems, type SourceFile } from './syntax-problem.ts'

/** What a file exports, read from its text. */
export interface ExportList {
  /** Without `default`, in the order of the file. */
  readonly names: readonly string[]
  /** `module.exports = x` of CommonJS is a default too, unless x is an object literal: that gives names. */
  readonly default: 'none' | 'function' | 'object' | 'unknown'
  /** `mixed` has `import` or `export` as well as `require` or `module.exports`. */
  readonly kind: 'esm' | 'commonjs' | 'mixed'
  /** The word `options` is in the file or in one it takes exports from: only then is it worth a look. */
  readonly mentionsOptions: boolean
  /** It does not parse; then there are no names. */
  readonly problem?: Problem
}

export interface ReadExportsOptions {
  /** Absolute. */
  readonly file: string
  readonly source: string
  /** Absolute project directory: problems name the file relative to it. Default: by its absolute path. */
  readonly dir?: string | undefined
  /** Where a specifier in an importer leads, as an absolute path. Default: relative specifiers, as the loader does. */
  readonly resolve?: ((specifier: string, importer: string) => string | undefined) | undefined
  /** Files that take esbuild to be read (TypeScript, JSX) are read once per content. Default: each time. */
  readonly cache?: ExportCache | undefined
}

const nothing = { names: [], default: 'none' } as const

/**
 * Lists what a JavaScript or TypeScript file exports, without running it. `export * from './x'` and
 * `module.exports = require('./x')` are followed into files of the project.
 *
 * @example
 * await readExports({ file: '/srv/shop/functions/a.js', source: 'export const onRequest = () => {}' })
 * // { names: ['onRequest'], default: 'none', kind: 'esm', mentionsOptions: false }
 */
export async function readExports(options: ReadExportsOptions): Promise<ExportList> {
  await Promise.all([initModules(), initCommonJs()])
  return await readFollowed(options, options, new Set())
}

async function readFollowed(
  at: SourceFile,
  options: ReadExportsOptions,
  seen: Set<string>
): Promise<ExportList> {
  seen.add(at.file)
  const mentionsOptions = /\boptions\b/.test(at.source)
  const found = await readOwn(at, options.cache)
  if ('problem' in found) return { ...nothing, kind: found.kind, mentionsOptions, problem: found.problem }
  const list: ExportList = { names: found.names, default: found.default, kind: found.kind, mentionsOptions }
  const follow = (specifier: string): Promise<ExportList | undefined> =>
    readTarget(specifier, at, { options, seen })
  return await addFollowed(list, found, follow)
}

async function addFollowed(
  own: ExportList,
  found: FileExports,
  follow: (specifier: string) => Promise<ExportList | undefined>
): Promise<ExportList> {
  const names = new Set(own.names)
  let { default: kind, mentionsOptions } = own
  for (const { specifier, takes } of found.reexports) {
    const target = await follow(specifier)
    if (!target) continue
    mentionsOptions ||= target.mentionsOptions
    if (takes === 'names' || takes === 'all') for (const name of target.names) names.add(name)
    if (takes === 'default' || takes === 'all') kind = target.default === 'none' ? kind : target.default
  }
  return { ...own, names: [...names], default: kind, mentionsOptions }
}

async function readTarget(
  specifier: string,
  at: SourceFile,
  { options, seen }: { options: ReadExportsOptions; seen: Set<string> }
): Promise<ExportList | undefined> {
  const file = (options.resolve ?? resolveDefault)(specifier, at.file)
  if (file === undefined || seen.has(file) || !toSourceLoader(file)) return undefined
  try {
    return await readFollowed({ file, source: await readFile(file, 'utf8'), dir: at.dir }, options, seen)
  } catch {
    // It can not be read: the loader says so when the file is needed.
    return undefined
  }
}

function resolveDefault(specifier: string, importer: string): string | undefined {
  return isPathSpecifier(specifier) ? resolveRelative(specifier, importer) : undefined
}

interface Refused {
  readonly kind: ExportList['kind']
  readonly problem: Problem
}

async function readOwn(at: SourceFile, cache: ExportCache | undefined): Promise<FileExports | Refused> {
  if (toSourceLoader(at.file) === 'js') {
    const found = lexExports(at.source)
    if (found?.isValid) return found
  }
  const cached = cache?.read(at.file, at.source)
  if (cached) return cached
  const found = await readTransformed(at)
  if (!('problem' in found)) cache?.write(at.file, at.source, found)
  return found
}

async function readTransformed(at: SourceFile): Promise<FileExports | Refused> {
  try {
    const { code } = await createEsbuildService().transform(at.source, {
      loader: toSourceLoader(at.file) ?? 'js',
      logLevel: 'silent',
      charset: 'utf8',
      // Takes decorators of both kinds; nothing of the output is run.
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } }
    })
    return lexExports(code) ?? { names: [], default: 'none', kind: 'esm', reexports: [], isValid: true }
  } catch (error) {
    const problem = toSyntaxProblems(at, error)[0]
    if (!problem) throw error
    return { kind: /\b(import|export)\b/.test(at.source) ? 'esm' : 'commonjs', problem }
  }
}
