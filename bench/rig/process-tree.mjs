import { readFileSync, readdirSync } from 'node:fs'

/**
 * CPU time of a process, its threads and all below it, in microseconds, with what children used that have ended; 0 where
 * there is no /proc.
 */
export function readTreeCpuUs(pid) {
  return listTree(pid).reduce((sum, one) => sum + readCpuUs(one) + readEndedUs(one), 0)
}

/** Resident memory of a process and all below it, in bytes. */
export function readTreeRssBytes(pid) {
  return listTree(pid).reduce((sum, one) => sum + readRssBytes(one), 0)
}

/** Open descriptors of one process. */
export function countDescriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length
}

export function listTree(pid) {
  return [pid, ...listChildren(pid).flatMap(listTree)]
}

function listChildren(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
      const text = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
      return text === '' ? [] : text.split(' ').map(Number)
    })
  } catch {
    return []
  }
}

/** schedstat counts nanoseconds; stat, where a kernel has only that, ticks of 10 ms. */
function readCpuUs(pid) {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const ns = tasks.map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    )
    return ns.reduce((sum, one) => sum + one, 0) / 1000
  } catch {
    return readTicksUs(pid)
  }
}

function readTicksUs(pid) {
  return toTicksUs(pid, 11)
}

function readEndedUs(pid) {
  return toTicksUs(pid, 13)
}

/** User and system time; the name before the fields may hold spaces. */
function toTicksUs(pid, field) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return (Number(fields[field]) + Number(fields[field + 1])) * 10_000
  } catch {
    return 0
  }
}

function readRssBytes(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
