import { spawnSync } from 'node:child_process'
import type { Case } from './case.ts'

/** What must answer on this machine for a case with such a file to run; one of each list is enough. */
const PROGRAMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  py: [['python3', '--version']],
  php: [['php', '--version']],
  lua: [
    ['lua5.4', '-v'],
    ['lua', '-v'],
    ['luajit', '-v']
  ],
  go: [['go', 'version']],
  rs: [['cargo', '--version']]
}

/** Says of a case which program it needs that this machine does not have. */
export function createLanguageCheck(): (one: Case) => string | undefined {
  const found = new Map<string, boolean>()
  return function findMissingLanguage(one) {
    const extensions = Object.keys(one.files ?? {}).map((path) => path.slice(path.lastIndexOf('.') + 1))
    const missing = extensions.find((extension) => {
      if (!found.has(extension)) found.set(extension, isInstalled(PROGRAMS[extension]))
      return found.get(extension) === false
    })
    return missing === undefined ? undefined : PROGRAMS[missing]?.[0]?.[0]
  }
}

function isInstalled(commands: readonly (readonly string[])[] | undefined): boolean {
  return !commands || commands.some(([program = '', ...args]) => spawnSync(program, args).status === 0)
}
