import { devVarsFiles } from '../config/dev-vars.ts'
import { configFileNames } from '../config/read-config-file.ts'
import { wranglerFileNames } from '../config/wrangler-config.ts'

/** What a tree, its modules and its static files are made of; a database in the project's folder is none of it. */
const RELEVANT =
  /\.(?:[cm]?[jt]s|[jt]sx|json|jsonc|py|php|lua|go|rs|toml|mod|sum|lock|txt|sql|md|html?|css|graphql|svg|wasm)$/i
const RELEVANT_NAMES = new Set(['_headers', '_redirects'])

/** True for a file that can change what is served. */
export function isRelevant(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return RELEVANT.test(name) || RELEVANT_NAMES.has(name) || name.startsWith('.env') || name === '.dev.vars'
}

/** True for the files that say options: only those of the project's directory itself. */
export function isSettings(path: string): boolean {
  const names: readonly string[] = [...configFileNames, ...devVarsFiles, ...wranglerFileNames]
  return names.includes(path)
}
