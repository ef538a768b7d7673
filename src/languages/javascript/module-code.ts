import { parse } from 'es-module-lexer'

/**
 * `import(x)` becomes `$load$(x)`, a function the module is given: six letters for six, so that no column moves.
 */
export function renameDynamicImports(code: string): string {
  if (!/\bimport\b/.test(code)) return code
  const starts = findDynamicImports(code)
  let renamed = ''
  let end = 0
  for (const start of starts) {
    renamed += `${code.slice(end, start)}$load$`
    end = start + 'import'.length
  }
  return renamed + code.slice(end)
}

function findDynamicImports(code: string): number[] {
  try {
    const [imports] = parse(code)
    return imports.filter((found) => found.type === 'dynamic').map((found) => found.importStart)
  } catch {
    return [...code.matchAll(/(?<![.\w$])import(?=\s*\()/g)].map((match) => match.index)
  }
}

/**
 * Tells default imports from `require`: esbuild's interop follows Babel, where a CommonJS package with `__esModule`
 * gives its `default`; in a package of `type: module` Node gives all of `module.exports`. `$import$` knows both.
 */
export function toImportCalls(code: string): string {
  return code.replace(/^(var \w+ = __toESM\()require(\("(?:[^"\\\n]|\\.)*"\)\);)$/gm, '$1$import$$$2')
}

/** Specifiers of the imports and `require("...")` calls that can be seen in code that was made CommonJS. */
export function listRequires(code: string): string[] {
  const found = code.matchAll(/(?:\b(?:__)?require|\$import\$)\s*\(\s*(?:"([^"\\\n]+)"|'([^'\\\n]+)')\s*\)/g)
  return [...new Set([...found].map((match) => match[1] ?? match[2] ?? ''))]
}

/** Specifiers of the `import("...")` calls that can be seen, after they were renamed. */
export function listDynamicImportSpecifiers(code: string): string[] {
  const found = code.matchAll(/\$load\$\s*\(\s*(?:"([^"\\\n]+)"|'([^'\\\n]+)')/g)
  return [...new Set([...found].map((match) => match[1] ?? match[2] ?? ''))]
}
