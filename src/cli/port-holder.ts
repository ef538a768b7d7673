import { readdir, readFile, readlink } from 'node:fs/promises'
import { TreewayError } from '../errors.ts'

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number
  /** Name of its program, without arguments. */
  readonly command: string
}

const LISTEN = '0A'

/**
 * Finds who listens on a TCP port, where the system tells: on Linux, for processes of the same user.
 * Undefined everywhere else, and never an error.
 */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  try {
    const inodes = await listInodes(port)
    return inodes.size === 0 ? undefined : await findProcess(inodes)
  } catch {
    return undefined
  }
}

async function listInodes(port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOptional(file)))
  return new Set(tables.flatMap((table) => toListeners(table, port)))
}

/** The inodes of sockets that listen on the port, from a table of /proc/net (proc_pid_net(5)). */
export function toListeners(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    return state === LISTEN && local.endsWith(`:${hex}`) ? [inode] : []
  })
}

async function findProcess(inodes: ReadonlySet<string>): Promise<PortHolder | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    if (await hasSocket(pid, inodes)) {
      return { pid: Number(pid), command: (await readOptional(`/proc/${pid}/comm`)).trim() }
    }
  }
  return undefined
}

async function hasSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  const descriptors = await readdir(folder).catch(() => [])
  const targets = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return targets.some((target) => inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ''))
}

async function readOptional(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '')
}

/** `Port 3000 is taken by node (process 4711)`, as far as it is known. */
export async function toPortTakenText(port: number): Promise<string> {
  const holder = await findPortHolder(port)
  if (holder === undefined) return `Port ${port} is taken`
  return `Port ${port} is taken by ${holder.command} (process ${holder.pid})`
}

/** The result of `starting`; where it fails because the port is taken, the error says by whom. */
export async function withPortHolder<T>(starting: Promise<T>, port: number): Promise<T> {
  try {
    return await starting
  } catch (error) {
    if (!(error instanceof TreewayError) || error.code !== 'TREEWAY_PORT_TAKEN') throw error
    throw new TreewayError('TREEWAY_PORT_TAKEN', `${await toPortTakenText(port)}.`, { cause: error })
  }
}
