import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
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
  const lock = toLock(folder)
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
      await writeFile(toMarker(folder), '')
    } finally {
      await rm(lock, { force: true })
    }
  }
  return true
}

export async function isInstalled(folder: string): Promise<boolean> {
  return await stat(toMarker(folder)).then(
    () => true,
    () => false
  )
}

/** Says that the folder is in use now: the time of its marker. False where the folder has just been removed. */
export async function noteUse(folder: string): Promise<boolean> {
  const now = new Date()
  try {
    await utimes(toMarker(folder), now, now)
    return true
  } catch (error) {
    // What can not be written, nobody removes.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

/** Removes the folder where nobody has said since `latestMs`, milliseconds of the epoch, that it is in use. */
export async function removeUnused(folder: string, latestMs: number): Promise<void> {
  if (!(await isUnused(toMarker(folder), latestMs))) return
  const lock = toLock(folder)
  if (!(await takeLock(lock))) return
  try {
    // Whoever says it now finds no marker, and waits for the lock; whoever was quicker is seen by the second look.
    const parked = join(folder, '.unused')
    await rename(toMarker(folder), parked)
    if (await isUnused(parked, latestMs)) await rm(folder, { recursive: true, force: true })
    else await rename(parked, toMarker(folder))
  } finally {
    await rm(lock, { force: true })
  }
}

async function isUnused(marker: string, latestMs: number): Promise<boolean> {
  return await stat(marker).then(
    ({ mtimeMs }) => mtimeMs < latestMs,
    () => false
  )
}

function toMarker(folder: string): string {
  return join(folder, '.complete')
}

function toLock(folder: string): string {
  return `${folder}.lock`
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
