import { createRequire } from 'node:module'
import type { TsConfigResult } from 'get-tsconfig'
import { createProblem, type Problem } from '../../errors.ts'

/** What the nearest tsconfig.json or jsconfig.json says about the files of a folder. */
export interface FolderConfig {
  /** The compiler options that change the code, for esbuild; stable text, so it can be part of a cache key. */
  readonly tsconfigRaw: string
  /** Absolute candidates for a specifier, by `paths` and `baseUrl`; empty when none applies. */
  matchPaths(specifier: string): readonly string[]
}

export interface FolderConfigs {
  /** `dir` is absolute. */
  read(dir: string): FolderConfig
  forget(): void
}

/** Loaded when a source is read: the modules of a build are done with it. */
function loadReader(): typeof import('get-tsconfig') {
  return createRequire(import.meta.url)('get-tsconfig') as typeof import('get-tsconfig')
}

const noConfig: FolderConfig = { tsconfigRaw: '{}', matchPaths: () => [] }

/** Reads each folder's configuration once. A file that can not be read is a warning, and is as if absent. */
export function createFolderConfigs(onWarning: (problem: Problem) => void): FolderConfigs {
  const folders = new Map<string, FolderConfig>()
  const warned = new Set<string>()
  let files = new Map<string, unknown>()
  const readFolder = (dir: string): FolderConfig => {
    try {
      const { getTsconfig } = loadReader()
      const found = getTsconfig(dir, 'tsconfig.json', files) ?? getTsconfig(dir, 'jsconfig.json', files)
      return found ? toFolderConfig(found) : noConfig
    } catch (error) {
      const message = `The nearest tsconfig.json of ${dir} is not used: ${toText(error)}`
      if (!warned.has(message)) {
        onWarning(createProblem('TREEWAY_CONFIG_INVALID', message, { severity: 'warning' }))
      }
      warned.add(message)
      return noConfig
    }
  }
  return {
    read(dir) {
      const known = folders.get(dir)
      if (known) return known
      const config = readFolder(dir)
      folders.set(dir, config)
      return config
    },
    forget() {
      folders.clear()
      warned.clear()
      files = new Map()
    }
  }
}

const codeOptions = [
  'experimentalDecorators',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'preserveValueImports',
  'target',
  'useDefineForClassFields',
  'verbatimModuleSyntax'
] as const

function toFolderConfig(found: TsConfigResult): FolderConfig {
  const given = found.config.compilerOptions ?? {}
  const compilerOptions: Record<string, unknown> = {}
  for (const name of codeOptions) if (given[name] !== undefined) compilerOptions[name] = given[name]
  // Both leave JSX in the output for a later tool; here nothing comes later.
  if (given.jsx === 'preserve' || given.jsx === 'react-native') compilerOptions.jsx = 'react-jsx'
  const matcher = loadReader().createPathsMatcher(found)
  return {
    tsconfigRaw: JSON.stringify({ compilerOptions }),
    matchPaths: (specifier) => matcher?.(specifier) ?? []
  }
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
