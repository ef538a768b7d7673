import { readFileSync } from 'node:fs'

/** What to type to install a language, by kind of system. */
export interface InstallCommands {
  readonly debian: string
  readonly fedora: string
  readonly alpine: string
  readonly arch: string
  readonly macos: string
  /** A page to read, everywhere else. */
  readonly other: string
}

/** The command for the system this process runs on. */
export function toInstallHint(commands: InstallCommands): string {
  if (process.platform === 'darwin') return `Run \`${commands.macos}\`.`
  const release = readOsRelease()
  const known = (['debian', 'fedora', 'alpine', 'arch'] as const).find((name) => release.includes(name))
  return known === undefined ? `See ${commands.other}` : `Run \`${commands[known]}\`.`
}

/** ID and ID_LIKE of /etc/os-release: an Ubuntu says it is like debian. */
function readOsRelease(): string[] {
  try {
    const lines = readFileSync('/etc/os-release', 'utf8').split('\n')
    const values = lines
      .filter((line) => /^ID(_LIKE)?=/.test(line))
      .map((line) => line.replace(/^[^=]+=/, ''))
    return values.flatMap((value) => value.replaceAll('"', '').split(' '))
  } catch {
    return []
  }
}
