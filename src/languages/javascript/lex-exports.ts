import { parse as parseCommonJs } from 'cjs-module-lexer'
import { parse as parseModule, type Export, type Import } from 'es-module-lexer'
import { classifyName, classifyValue, listObjectKeys } from './classify-value.ts'
import { hasValidSyntax } from './has-valid-syntax.ts'
import { maskSource } from './mask-source.ts'

/** What one file says of its exports, other files not looked at. */
export interface FileExports {
  readonly names: readonly string[]
  readonly default: 'none' | 'function' | 'object' | 'unknown'
  readonly kind: 'esm' | 'commonjs' | 'mixed'
  /** Other files it takes exports from. */
  readonly reexports: readonly {
    readonly specifier: string
    readonly takes: 'names' | 'default' | 'all' | 'nothing'
  }[]
  /** False when the source has to be parsed in earnest to know. */
  readonly isValid: boolean
}

/** `source` is JavaScript. Undefined when it can not be read even superficially. */
export function lexExports(source: string): FileExports | undefined {
  let parsed: ReturnType<typeof parseModule>
  try {
    parsed = parseModule(source)
  } catch {
    return undefined
  }
  const [imports, exports, , isModule] = parsed
  const isValid = hasValidSyntax(source, imports, isModule)
  if (!isModule) return { ...lexCommonJs(source), isValid }
  const own = lexModule(source, imports, exports)
  if (!/\b(require\s*\(|module\.exports|exports\.\w)/.test(source)) return { ...own, isValid }
  return { ...mergeMixed(own, source), isValid }
}

type Lexed = Omit<FileExports, 'isValid'>

function lexModule(source: string, imports: readonly Import[], exports: readonly Export[]): Lexed {
  const names: string[] = []
  const reexports: FileExports['reexports'][number][] = []
  let kind: FileExports['default'] = 'none'
  for (const found of exports) {
    if (found.typeOnly) continue
    if (found.type === 'reexport-all') {
      reexports.push({ specifier: found.from, takes: 'names' })
      continue
    }
    if (found.type === 'reexport') {
      const takes = found.name === 'default' && found.importName === 'default' ? 'default' : 'nothing'
      reexports.push({ specifier: found.from, takes })
    }
    if (found.name === 'default') kind = found.type === 'direct' ? classifyDefault(source, found) : 'unknown'
    else names.push(found.name)
  }
  return {
    names,
    default: kind,
    kind: 'esm',
    reexports: [...reexports, ...listDefaultImports(source, imports, exports)]
  }
}

/** `import h from './h.js'; export default h` takes the default of ./h.js. */
function listDefaultImports(
  source: string,
  imports: readonly Import[],
  exports: readonly Export[]
): FileExports['reexports'] {
  const exported = exports.find((found) => found.type === 'direct' && found.name === 'default')
  if (!exported) return []
  const name = /^default\s+([A-Za-z_$][\w$]*)\s*(?:;|\n|$)/.exec(source.slice(exported.start))?.[1]
  if (name === undefined) return []
  const from = imports.find(
    (found) =>
      found.type === 'static' &&
      new RegExp(`^import\\s+${name.replaceAll('$', '\\$')}\\b`).test(
        source.slice(found.importStart, found.start)
      )
  )
  return from?.specifier ? [{ specifier: from.specifier, takes: 'default' }] : []
}

function classifyDefault(source: string, found: Extract<Export, { type: 'direct' }>): FileExports['default'] {
  const masked = maskSource(source)
  // `export { app as default }` has a local name elsewhere; `export default x` has its value after the word.
  const isNamed = found.localName !== undefined && masked.slice(found.start - 3, found.start).trim() === 'as'
  const text = { source, masked }
  return isNamed ? classifyName(text, found.localName) : classifyValue(text, found.end)
}

function lexCommonJs(source: string): Lexed {
  const none: Lexed = { names: [], default: 'none', kind: 'commonjs', reexports: [] }
  if (!source.includes('exports')) return none
  const assigned = lexAssigned(source)
  try {
    const lexed = parseCommonJs(source)
    const names = new Set([...lexed.exports, ...assigned.names].filter((name) => name !== '__esModule'))
    const reexports = lexed.reexports.map((specifier) => ({ specifier, takes: 'all' }) as const)
    const hasDefault = names.delete('default')
    const kind = hasDefault
      ? classifyDefaultProperty(source)
      : reexports.length > 0
        ? 'none'
        : assigned.default
    return { ...none, names: [...names], default: kind, reexports }
  } catch {
    return { ...none, ...assigned }
  }
}

/** `exports.default = x` of code that was compiled from an ES module. */
function classifyDefaultProperty(source: string): FileExports['default'] {
  const masked = maskSource(source)
  const found = /(?<![\w$])exports\.default\s*=(?!=)\s*(?!void)/.exec(masked)
  return found ? classifyValue({ source, masked }, found.index + found[0].length) : 'unknown'
}

/** `module.exports = x`, `module.exports.a =`, `exports.a =`: for what the lexer does not see. */
function lexAssigned(source: string): { names: string[]; default: FileExports['default'] } {
  const masked = maskSource(source)
  const names = [...masked.matchAll(/(?<![\w$.])(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=(?!=)/g)].map(
    (match) => match[1] ?? ''
  )
  const assignments = [...masked.matchAll(/(?<![\w$.])module\.exports\s*=(?!=)\s*(?:exports\s*=(?!=)\s*)?/g)]
  const last = assignments.at(-1)
  if (!last) return { names, default: 'none' }
  const start = last.index + last[0].length
  if (masked[start] === '{')
    return { names: [...listObjectKeys(source, masked, start), ...names], default: 'none' }
  return { names, default: classifyValue({ source, masked }, start) }
}

/** A file of both kinds exports what either says. */
function mergeMixed(own: Lexed, source: string): Lexed {
  const assigned = source.includes('exports') ? lexAssigned(source) : { names: [], default: 'none' as const }
  const names = new Set([...own.names, ...assigned.names])
  const hasDefault = names.delete('default') || own.default !== 'none'
  const kind = hasDefault && own.default === 'none' ? 'unknown' : own.default
  return { ...own, kind: 'mixed', names: [...names], default: kind === 'none' ? assigned.default : kind }
}
