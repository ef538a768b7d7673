import type { Call, FunctionEntry } from './call.ts'

/** Calls quicker than this are lined up in one blocking process: a write for each would cost more than it saves. */
const QUICK_MS = 2

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

export function isAllQuick(calls: ReadonlyMap<number, Call>): boolean {
  for (const { entry } of calls.values()) if (!isQuick(entry)) return false
  return true
}

/** One of them was given up, and its worker has not ended it in time. */
export function isAnyStuck(calls: ReadonlyMap<number, Call>, now: number): boolean {
  for (const { stuckAt } of calls.values()) if (now > stuckAt) return true
  return false
}
