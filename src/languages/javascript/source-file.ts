import { extname, relative, sep } from 'node:path'

export type SourceLoader = 'js' | 'jsx' | 'ts' | 'tsx'

const loaders: Readonly<Record<string, SourceLoader>> = {
  '.ts': 'ts',
  '.tsx': 'tsx',
  '.mts': 'ts',
  '.cts': 'ts',
  '.js': 'js',
  '.jsx': 'jsx',
  '.mjs': 'js',
  '.cjs': 'js'
}

/** In the order an import without an extension tries them. */
export const sourceExtensions: readonly string[] = Object.keys(loaders)

export const textExtensions: readonly string[] = ['.txt', '.html', '.sql']

/** As on Cloudflare: a `.bin` is an ArrayBuffer, a `.wasm` a WebAssembly.Module. */
const binaryExtensions: readonly string[] = ['.bin', '.wasm']

/** How esbuild reads the file; undefined when it is no JavaScript or TypeScript. */
export function toSourceLoader(file: string): SourceLoader | undefined {
  return loaders[extname(file)]
}

/** Files that are ES modules by their name, whatever is in them. */
export function isModuleByName(file: string): boolean {
  return file.endsWith('.mjs') || file.endsWith('.mts')
}

export function isTextFile(file: string): boolean {
  return textExtensions.includes(extname(file))
}

export function isBinaryFile(file: string): boolean {
  return binaryExtensions.includes(extname(file))
}

/** The file as people see it: below `dir`, with forward slashes; unchanged when it lies elsewhere. */
export function toShownName(file: string, dir: string | undefined): string {
  if (dir === undefined) return file
  const name = relative(dir, file)
  return name === '' || name.startsWith('..') ? file : name.split(sep).join('/')
}
