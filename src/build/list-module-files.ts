import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { toLanguage } from '../languages/read-declarations.ts'
import type { ReadProject } from '../project/read-project.ts'

/** Absolute paths of all JavaScript and TypeScript of the trees, `boot/` and the configuration, tests left out. */
export function listModuleFiles(
  config: Config,
  { configFiles = [] }: { readonly configFiles?: readonly string[] },
  { table, exports }: ReadProject
): string[] {
  const left = table.privateFiles.filter(({ reason }) => reason === 'test' || reason === 'declaration')
  const skipped = new Set(left.map(({ file }) => file))
  const files = new Set([...exports.keys(), ...table.boot, ...configFiles])
  return [...files]
    .filter((file) => toLanguage(file) === 'javascript' && !skipped.has(file))
    .map((file) => join(config.dir, file))
}
