import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4096

/**
 * Resident memory of a process. Polled rather than set as a resource limit: RLIMIT_AS counts address space, of which
 * threads and garbage collectors reserve far more than they use. 0 where /proc does not exist.
 */
export function readMemoryBytes(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    return 0
  }
}
