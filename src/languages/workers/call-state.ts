import { availableParallelism } from 'node:os'
import type { Call, FunctionEntry } from './call.ts'

/** Calls quicker than this are lined up in one blocking process: a write for each would cost more than it saves. */
const QUICK_MS = 2

/** Quick calls in one blocking process. Fewer are dearer: each write wakes the worker up. */
export const MAX_LINED_UP = 32

/** A request that may be sent twice: what HTTP calls safe, and without a body. */
export function isRepeatable(call: Call): boolean {
  const method = call.request.event['method']
  return (method === 'GET' || method === 'HEAD') && (call.request.body?.length ?? 0) === 0
}

/** Somebody waits for its answer, or reads it. */
export function isAwaited(call: Call): boolean {
  return call.stream === undefined ? !call.isSettled : !call.stream.destroyed
}

export function isQuick(entry: FunctionEntry): boolean {
  return entry.meanMs !== undefined && entry.meanMs < QUICK_MS
}

/**
 * `seenMs` is how long the call took seen from here, so it also holds how long this process and the other waited for a
 * processor: on a busy machine quick handlers would look slow, get more processes, and make it busier.
 */
export function noteTime({ entry, tookMs: toldMs }: Call, seenMs: number): void {
  const tookMs = toldMs ?? seenMs
  entry.meanMs = entry.meanMs === undefined ? tookMs : entry.meanMs * 0.8 + tookMs * 0.2
}

export function isAllQuick(calls: ReadonlyMap<number, Call>): boolean {
  for (const { entry } of calls.values()) if (!isQuick(entry)) return false
  return true
}

/**
 * How many blocking processes are of use: quick calls wait for a processor and not for a process, and more processes
 * than processors only share what there is.
 */
export function toUsefulProcesses(
  oldest: Call,
  processes: readonly { readonly calls: ReadonlyMap<number, Call> }[],
  maxProcesses: number
): number {
  const isAnySlow = !isQuick(oldest.entry) || !processes.every(({ calls }) => isAllQuick(calls))
  return isAnySlow ? maxProcesses : Math.min(maxProcesses, availableParallelism())
}

/** One of them was given up, and its worker has not ended it in time. */
export function isAnyStuck(calls: ReadonlyMap<number, Call>, now: number): boolean {
  for (const { stuckAt } of calls.values()) if (now > stuckAt) return true
  return false
}
