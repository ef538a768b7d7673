import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const POLL_MS = 100

/**
 * Fills `folder` once, whoever asks: several server processes start side by side, and functions share what has the same
 * content hash. `fill` returns whether it worked; a marker file says so to the next start. Returns false when it failed.
 */
export async function installOnce(
  folder: string,
  fill: () => Promise<boolean>,
  signal: AbortSignal
): Promise<boolean> {
  await mkdir(dirname(folder), { recursive: true })
  const lock = `${folder}.lock`
  while (!(await isInstalled(folder))) {
    if (!(await takeLock(lock))) {
      await waitMs(POLL_MS)
      signal.throwIfAborted()
      continue
    }
    try {
      if (await isInstalled(folder)) return true
      // what an install that was killed left behind
      await rm(folder, { recursive: true, force: true })
      if (!(await fill())) return false
      await writeFile(join(folder, '.complete'), '')
    } finally {
      await rm(lock, { force: true })
    }
  }
  return true
}

export async function isInstalled(folder: string): Promise<boolean> {
  return await stat(join(folder, '.complete')).then(
    () => true,
    () => false
  )
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
    // between its creation and its first byte a lock is empty: somebody lives
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true })
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function waitMs(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
