import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'

/** Where `start` leaves the process id of its supervisor, for `treeway reload` and for init systems. */
function toPidFile({ dir, stateDir }: Config): string {
  return join(dir, stateDir, 'start.pid')
}

export async function writePidFile(config: Config): Promise<void> {
  const file = toPidFile(config)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${process.pid}\n`)
}

/** Only our own: another supervisor of the same tree may have written it meanwhile. */
export async function removePidFile(config: Config): Promise<void> {
  if ((await readPidFile(config)) === process.pid) await rm(toPidFile(config), { force: true })
}

/** The supervisor's process id; undefined where none runs. */
export async function readPidFile(config: Config): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(toPidFile(config), 'utf8'), 10)
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}
