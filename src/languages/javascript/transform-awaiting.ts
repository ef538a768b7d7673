import type { BuildOptions, Plugin } from 'esbuild'
import { dirname } from 'node:path'
import type { EsbuildService } from './esbuild-service.ts'
import { renameDynamicImports } from './module-code.ts'
import { toSourceLoader } from './source-file.ts'
import { transformTarget, type ModuleCode, type SourceInput } from './transformed-module.ts'

/**
 * A module with a top-level await as the body of an async function. esbuild has no CommonJS for it, but its bundler
 * turns imports of CommonJS files into plain calls: so each import is made to look like a CommonJS file that asks
 * our `require`, and nothing is bundled but the file itself.
 */
export async function transformAwaiting(input: SourceInput, esbuild: EsbuildService): Promise<ModuleCode> {
  const result = await esbuild.build(toBuildOptions(input))
  const text = (ending: string): string =>
    result.outputFiles?.find(({ path }) => path.endsWith(ending))?.text ?? ''
  const map = JSON.parse(text('.map')) as { sources: string[]; names: string[]; mappings: string }
  return {
    code: renameDynamicImports(text('.js')),
    map: { mappings: map.mappings, names: map.names, source: map.sources.indexOf(sourceName) },
    strict: true,
    awaiting: true
  }
}

const sourceName = 'treeway-source:module'

function toBuildOptions(input: SourceInput): BuildOptions {
  return {
    stdin: {
      contents: `import * as module from ${JSON.stringify(sourceName)}; $export(module)`,
      resolveDir: dirname(input.file)
    },
    bundle: true,
    write: false,
    outfile: 'module.js',
    format: 'esm',
    platform: 'node',
    target: transformTarget,
    charset: 'utf8',
    treeShaking: false,
    define: { 'import.meta': '$meta' },
    sourcemap: 'external',
    sourcesContent: false,
    tsconfigRaw: input.tsconfigRaw,
    logLevel: 'silent',
    plugins: [createImportPlugin(input)]
  }
}

function createImportPlugin(input: SourceInput): Plugin {
  return {
    name: 'treeway-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (path === sourceName) return { path: 'module', namespace: 'treeway-source' }
        if (kind === 'import-statement') return { path, namespace: 'treeway-import' }
        return kind === 'entry-point' ? undefined : { path, external: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'treeway-source' }, () => ({
        contents: input.source,
        loader: toSourceLoader(input.file) ?? 'js',
        resolveDir: dirname(input.file)
      }))
      build.onLoad({ filter: /.*/, namespace: 'treeway-import' }, ({ path }) => ({
        contents: `module.exports = $import$(${JSON.stringify(path)})`,
        loader: 'js',
        resolveDir: dirname(input.file)
      }))
    }
  }
}
