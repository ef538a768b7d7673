import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { createRoutesRules } from '../assets/routes-rules.ts'
import type { Config } from '../config/config.ts'
import type { ReadProject } from '../project/read-project.ts'

/**
 * The best `_routes.json`, for whoever asks the static files in front of the functions. Only where every URL is known:
 * plugins and boot files may add some.
 */
export async function writeRoutesRules(
  dir: string,
  config: Config,
  { table, assets }: ReadProject
): Promise<void> {
  const isPages = table.routes.every(({ convention }) => convention === 'pages')
  if (!isPages || table.boot.length > 0 || table.scopes.length > 0) return
  const rules = createRoutesRules([
    ...table.routes.map(({ pattern }) => ({ pattern, hasMiddleware: false })),
    ...table.middlewares.map(({ pattern }) => ({ pattern, hasMiddleware: true }))
  ])
  const folder = (assets?.directory ?? config.publicDir).replace(/^\.\//, '')
  if (isAbsolute(folder) || folder.startsWith('..')) return
  const file = join(dir, folder, '_routes.json')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(rules, null, 2)}\n`)
}
