/** Requests of one route, method and status. */
export interface RequestSeries {
  /** `/users/:id`; all requests that no route has are one. */
  readonly route: string
  readonly method: string
  readonly status: number
  /** Of the handler; '' where there is none. */
  readonly language: string
  readonly count: number
  /** Of those that took a measurable time: a websocket does not count. */
  readonly timed: number
  readonly sumSeconds: number
  /** How many took at most this long and longer than the bound before; bounds are `BUCKET_BOUNDS`. */
  readonly buckets: readonly number[]
}

/** The worker processes of one language. */
export interface WorkerStats {
  readonly language: string
  readonly processes: number
  /** Processes that have a call. */
  readonly busy: number
  /** Calls that workers have. */
  readonly running: number
  /** Calls that wait for a place. */
  readonly waiting: number
  /** Processes that were replaced because they were stuck or too big. */
  readonly restarts: number
  /** Calls that ran out of time. */
  readonly timeouts: number
  /** Processes that ended by themselves. */
  readonly crashes: number
}

export interface ProcessFacts {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  readonly externalBytes: number
  /** Unix time. */
  readonly startSeconds: number
  /** Since the last look. */
  readonly eventLoop: {
    readonly p50Seconds: number
    readonly p99Seconds: number
    readonly maxSeconds: number
    /** 0 to 1. */
    readonly utilization: number
  }
}

/** What the supervisor of `start` knows. */
export interface ServerStats {
  readonly processes: number
  readonly crashes: number
  readonly reloads: number
}

/** All numbers of one process, or of several added up. Plain data: it travels between processes. */
export interface MetricsSnapshot {
  readonly requests: readonly RequestSeries[]
  readonly inFlight: number
  readonly workers: readonly WorkerStats[]
  /** Absent: only of processes that have ended. */
  readonly process?: ProcessFacts
  /** CPU time of processes that have ended. */
  readonly endedCpuSeconds?: number
  readonly servers?: ServerStats
}

/** Seconds; the last bucket has no bound. */
export const BUCKET_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** One snapshot of several processes: counts are sums; of what the event loops say the worst counts. */
export function mergeSnapshots(snapshots: readonly MetricsSnapshot[]): MetricsSnapshot {
  const facts = snapshots.flatMap(({ process }) => process ?? [])
  const process = mergeFacts(facts)
  return {
    requests: mergeBy(
      snapshots.flatMap(({ requests }) => requests),
      ({ route, method, status, language }) => `${method} ${status} ${language} ${route}`,
      addSeries
    ),
    inFlight: sum(snapshots.map(({ inFlight }) => inFlight)),
    workers: mergeBy(
      snapshots.flatMap(({ workers }) => workers),
      ({ language }) => language,
      addWorkers
    ),
    endedCpuSeconds: sum(snapshots.map(({ endedCpuSeconds = 0 }) => endedCpuSeconds)),
    ...(process ? { process } : {})
  }
}

/**
 * What stays of a process that has ended: what it counted, and nothing that it holds. Without it the sums of all would
 * fall with each reload, which Prometheus takes for a start from zero.
 */
export function toEndedSnapshot({
  requests,
  workers,
  process,
  endedCpuSeconds = 0
}: MetricsSnapshot): MetricsSnapshot {
  return {
    requests,
    inFlight: 0,
    workers: workers.map((stats) => ({ ...stats, processes: 0, busy: 0, running: 0, waiting: 0 })),
    endedCpuSeconds: endedCpuSeconds + (process?.cpuSeconds ?? 0)
  }
}

function mergeBy<T>(all: readonly T[], toKey: (one: T) => string, add: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>()
  for (const one of all) {
    const key = toKey(one)
    const known = merged.get(key)
    merged.set(key, known === undefined ? one : add(known, one))
  }
  return [...merged.values()]
}

function addSeries(a: RequestSeries, b: RequestSeries): RequestSeries {
  return {
    ...a,
    count: a.count + b.count,
    timed: a.timed + b.timed,
    sumSeconds: a.sumSeconds + b.sumSeconds,
    buckets: a.buckets.map((count, i) => count + (b.buckets[i] ?? 0))
  }
}

function addWorkers(a: WorkerStats, b: WorkerStats): WorkerStats {
  return {
    language: a.language,
    processes: a.processes + b.processes,
    busy: a.busy + b.busy,
    running: a.running + b.running,
    waiting: a.waiting + b.waiting,
    restarts: a.restarts + b.restarts,
    timeouts: a.timeouts + b.timeouts,
    crashes: a.crashes + b.crashes
  }
}

function mergeFacts(facts: readonly ProcessFacts[]): ProcessFacts | undefined {
  if (facts.length === 0) return undefined
  const add = (read: (one: ProcessFacts) => number): number => sum(facts.map(read))
  const worst = (name: keyof ProcessFacts['eventLoop']): number =>
    Math.max(...facts.map(({ eventLoop }) => eventLoop[name]))
  return {
    cpuSeconds: add((one) => one.cpuSeconds),
    residentBytes: add((one) => one.residentBytes),
    heapUsedBytes: add((one) => one.heapUsedBytes),
    externalBytes: add((one) => one.externalBytes),
    startSeconds: Math.min(...facts.map((one) => one.startSeconds)),
    eventLoop: {
      p50Seconds: worst('p50Seconds'),
      p99Seconds: worst('p99Seconds'),
      maxSeconds: worst('maxSeconds'),
      utilization: worst('utilization')
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
