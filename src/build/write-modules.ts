import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { toBuiltFiles } from '../languages/javascript/built-module.ts'
import type { CollectedModules } from '../languages/javascript/collect-modules.ts'

/** Each module once, as CommonJS, with its source map beside it. `modulesDir` is absolute. */
export async function writeModules(modulesDir: string, { modules }: CollectedModules): Promise<void> {
  const folders = new Set([...modules.keys()].map((name) => dirname(join(modulesDir, name))))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  for (const [name, module] of modules) {
    const files = toBuiltFiles(module, toSource(name))
    await Promise.all(
      Object.entries(files).map(([ending, text]) => writeFile(join(modulesDir, name + ending), text))
    )
  }
}

/** The source is in the build too: `.treeway/modules/functions/a.ts.js` was `functions/a.ts`. */
function toSource(name: string): string {
  const up = posix.relative(posix.dirname(posix.join('state/modules', name)), '.')
  return encodeURI(`${up}/${name}`)
}
