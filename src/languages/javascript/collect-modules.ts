import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { init } from 'es-module-lexer'
import type { Problem } from '../../errors.ts'
import type { BuiltImports, BuiltModule } from './built-module.ts'
import { compileModule, scopeNames } from './compile-module.ts'
import { createEsbuildService, type EsbuildService } from './esbuild-service.ts'
import { MissingModuleError, toLoadError } from './load-error.ts'
import { listDynamicImportSpecifiers, listRequires } from './module-code.ts'
import { createNativeModules } from './native-modules.ts'
import { createPackageFolders, type InstalledPackages } from './package-folders.ts'
import { createPackageScopes } from './package-scope.ts'
import { createResolver, type Resolve } from './resolve-import.ts'
import { toShownName, toSourceLoader } from './source-file.ts'
import { createSyntaxError, createSyntaxProblem } from './syntax-problem.ts'
import { toPlainCode, transformSource } from './transform-source.ts'
import { transformTarget, type ModuleCode, type SourceInput } from './transformed-module.ts'
import { createFolderConfigs, type FolderConfigs } from './tsconfig.ts'

export interface CollectModulesOptions {
  /** Absolute project directory. */
  readonly dir: string
  /** Absolute; where to begin. */
  readonly files: readonly string[]
  /** Where packages were installed for folders of the project. Default: none was. */
  readonly installed?: InstalledPackages
}

export interface CollectedModules {
  /** By path below the project's directory, sorted. */
  readonly modules: ReadonlyMap<string, CollectedModule>
  /** What the modules import that is no code: JSON and text, by path below the project's directory. */
  readonly dataFiles: readonly string[]
  readonly problems: readonly Problem[]
}

export interface CollectedModule extends BuiltModule {
  /** Its handlers may have route options: so it is loaded before the routes are registered. */
  readonly mentionsOptions: boolean
  /** It may put route options on the handlers of whoever imports it. */
  readonly givesOptions: boolean
}

/**
 * Reads and compiles the files and all of the project that they import, without running any. An import that leads
 * nowhere and a syntax error are problems. What lies outside the project's directory is left where it is.
 */
export async function collectModules(options: CollectModulesOptions): Promise<CollectedModules> {
  await init()
  const collector = new Collector(options)
  try {
    await Promise.all(options.files.map((file) => collector.visit(file)))
    return collector.toResult()
  } finally {
    await collector.close()
  }
}

class Collector {
  readonly #dir: string
  readonly #modules = new Map<string, CollectedModule>()
  readonly #dataFiles = new Set<string>()
  readonly #problems: Problem[] = []
  readonly #seen = new Set<string>()
  readonly #configs: FolderConfigs
  readonly #resolve: Resolve
  readonly #esbuild: EsbuildService = createEsbuildService()

  constructor({ dir, installed = new Map() }: CollectModulesOptions) {
    this.#dir = dir
    const packages = createPackageFolders()
    packages.use(installed)
    this.#configs = createFolderConfigs((problem) => this.#problems.push(problem))
    const native = createNativeModules(createPackageScopes(), packages)
    this.#resolve = createResolver({ dir, native, configs: this.#configs })
  }

  async visit(file: string): Promise<void> {
    if (this.#seen.has(file)) return
    this.#seen.add(file)
    const name = toName(this.#dir, file)
    if (name === undefined) return
    if (!toSourceLoader(file)) {
      this.#dataFiles.add(name)
      return
    }
    const source = await readFile(file, 'utf8')
    const input = { file, source, dir: this.#dir, tsconfigRaw: this.#configs.read(dirname(file)).tsconfigRaw }
    try {
      const code = await this.#compile(input)
      const { imports, locals } = this.#link(input, code)
      this.#modules.set(name, { code, imports, ...findOptions(source) })
      await Promise.all(locals.map((local) => this.visit(local)))
    } catch (error) {
      this.#addProblem(error, file)
    }
  }

  toResult(): CollectedModules {
    const sorted = [...this.#modules].sort(([a], [b]) => (a < b ? -1 : 1))
    return { modules: new Map(sorted), dataFiles: [...this.#dataFiles].sort(), problems: this.#problems }
  }

  async close(): Promise<void> {
    await this.#esbuild.stop()
  }

  /** As it stands where this Node takes it so: then it keeps its lines, and needs no map. */
  async #compile(input: SourceInput): Promise<ModuleCode> {
    const plain = toPlainCode(input.file, input.source)
    if (plain && isCompilable(input.file, plain)) return plain
    const code = await transformSource(input, this.#esbuild)
    if (isCompilable(input.file, code)) return code
    const problem = createSyntaxProblem(input, `Node (${transformTarget}) can not parse it`)
    throw createSyntaxError([problem], undefined)
  }

  #link(input: SourceInput, { code }: ModuleCode): { imports: BuiltImports; locals: string[] } {
    const imports: Record<string, string> = {}
    const locals: string[] = []
    const dynamic = new Set(listDynamicImportSpecifiers(code))
    for (const specifier of [...new Set([...listRequires(code), ...dynamic])].sort()) {
      const resolution = this.#resolve(specifier, input.file)
      if (resolution.kind === 'package') imports[specifier] = resolution.format
      if (resolution.kind === 'missing' && !isOptional(input.source, specifier))
        this.#addProblem(
          new MissingModuleError(specifier, input.file, { cause: resolution.cause }),
          input.file
        )
      if (resolution.kind !== 'local') continue
      locals.push(resolution.file)
      const name = toName(this.#dir, resolution.file)
      if (name !== undefined) imports[specifier] = `./${name}`
    }
    return { imports, locals }
  }

  #addProblem(error: unknown, file: string): void {
    const { code, message, problems, fix } = toLoadError(error, file, this.#dir)
    const shown = toShownName(file, this.#dir)
    this.#problems.push(
      ...(problems.length > 0 ? problems : [{ code, severity: 'error', file: shown, message, fix } as const])
    )
  }
}

function isCompilable(file: string, code: ModuleCode): boolean {
  try {
    // A map costs time and says nothing here; an awaiting body must be one for the parser.
    const { map: _none, ...plain } = code
    const body = code.awaiting ? { ...plain, code: `return async function () {\n${code.code}\n}` } : plain
    compileModule(file, body, scopeNames)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** `try { require('x') } catch`, and `import('x').catch`: the author says that it may be missing. */
function isOptional(source: string, specifier: string): boolean {
  const name = specifier.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const call = `(?:require|import)\\s*\\(\\s*['"\`]${name}['"\`]\\s*\\)`
  return new RegExp(`\\btry\\s*\\{[^{}]*${call}|${call}\\s*\\.\\s*catch\\b`).test(source)
}

/** Better once too often: then the module is only loaded early. */
function findOptions(source: string): Pick<CollectedModule, 'mentionsOptions' | 'givesOptions'> {
  const mentionsOptions = /\boptions\b/.test(source)
  const gives = /\.options\s*=(?!=)|\bexport\b[^\n;]*\boptions\b|\bObject\.assign\([^)]*\boptions\b/
  return { mentionsOptions, givesOptions: mentionsOptions && gives.test(source) }
}

/** Undefined outside of the project, and in its packages. */
function toName(dir: string, file: string): string | undefined {
  const name = relative(dir, file)
  if (name.startsWith('..') || isAbsolute(name) || /(^|[\\/])node_modules[\\/]/.test(name)) return undefined
  return name.split(sep).join('/')
}
