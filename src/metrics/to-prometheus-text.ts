import { BUCKET_BOUNDS } from './metrics-snapshot.ts'
import type { MetricsSnapshot, ProcessFacts, RequestSeries, WorkerStats } from './metrics-snapshot.ts'

/** Of Prometheus' text format, which every collector reads. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Sample {
  /** Behind the metric's name: `_bucket`. */
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Names and units as Prometheus' conventions have them: https://prometheus.io/docs/practices/naming/ */
export function toPrometheusText(snapshot: MetricsSnapshot): string {
  const metrics = [
    ...listRequestMetrics(snapshot),
    ...listWorkerMetrics(snapshot.workers),
    ...listServerMetrics(snapshot),
    ...listProcessMetrics(snapshot)
  ]
  return metrics.map(toText).join('')
}

function listRequestMetrics({ requests, inFlight }: MetricsSnapshot): Metric[] {
  return [
    {
      name: 'treeway_http_requests_total',
      type: 'counter',
      help: 'Requests that ended, by route, method, status and language of the handler.',
      samples: requests.map((series) => ({ labels: toLabels(series), value: series.count }))
    },
    {
      name: 'treeway_http_request_duration_seconds',
      type: 'histogram',
      help: 'From the headers of a request to the end of its answer.',
      samples: requests.filter(({ timed }) => timed > 0).flatMap(toHistogram)
    },
    gauge('treeway_http_requests_in_flight', 'Requests that have not ended.', inFlight)
  ]
}

function toLabels({ route, method, status, language }: RequestSeries): Record<string, string> {
  return { route, method, status: String(status), language }
}

function toHistogram(series: RequestSeries): Sample[] {
  const labels = toLabels(series)
  let below = 0
  const buckets = series.buckets.map((count, i) => {
    const bound = BUCKET_BOUNDS[i]
    below += count
    return { suffix: '_bucket', labels: { ...labels, le: bound ? String(bound) : '+Inf' }, value: below }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels, value: series.sumSeconds },
    { suffix: '_count', labels, value: series.timed }
  ]
}

const WORKER_METRICS: readonly (Omit<Metric, 'samples'> & { read(stats: WorkerStats): number })[] = [
  {
    name: 'treeway_workers',
    type: 'gauge',
    help: 'Worker processes of a language.',
    read: ({ processes }) => processes
  },
  {
    name: 'treeway_workers_busy',
    type: 'gauge',
    help: 'Worker processes that have a call.',
    read: ({ busy }) => busy
  },
  {
    name: 'treeway_worker_calls_running',
    type: 'gauge',
    help: 'Calls that workers have.',
    read: ({ running }) => running
  },
  {
    name: 'treeway_worker_calls_waiting',
    type: 'gauge',
    help: 'Calls that wait for a place in a worker.',
    read: ({ waiting }) => waiting
  },
  {
    name: 'treeway_worker_restarts_total',
    type: 'counter',
    help: 'Worker processes replaced because they were stuck or too big.',
    read: ({ restarts }) => restarts
  },
  {
    name: 'treeway_worker_timeouts_total',
    type: 'counter',
    help: 'Calls that ran out of time.',
    read: ({ timeouts }) => timeouts
  },
  {
    name: 'treeway_worker_crashes_total',
    type: 'counter',
    help: 'Worker processes that ended by themselves.',
    read: ({ crashes }) => crashes
  }
]

function listWorkerMetrics(workers: readonly WorkerStats[]): Metric[] {
  if (workers.length === 0) return []
  return WORKER_METRICS.map(({ read, ...metric }) => ({
    ...metric,
    samples: workers.map((stats) => ({ labels: { language: stats.language }, value: read(stats) }))
  }))
}

function listServerMetrics({ servers }: MetricsSnapshot): Metric[] {
  if (servers === undefined) return []
  return [
    gauge(
      'treeway_server_processes',
      'Server processes, those that are just starting too.',
      servers.processes
    ),
    counter(
      'treeway_server_crashes_total',
      'Server processes that ended by themselves and were replaced.',
      servers.crashes
    ),
    counter('treeway_reloads_total', 'Rolling reloads that were completed.', servers.reloads)
  ]
}

function listProcessMetrics({ process, endedCpuSeconds = 0 }: MetricsSnapshot): Metric[] {
  if (process === undefined) return []
  const cpuSeconds = process.cpuSeconds + endedCpuSeconds
  return [
    counter('process_cpu_seconds_total', 'CPU time of the server processes.', cpuSeconds),
    gauge('process_resident_memory_bytes', 'Resident memory of the server processes.', process.residentBytes),
    gauge(
      'process_start_time_seconds',
      'Unix time at which the oldest of them started.',
      process.startSeconds
    ),
    gauge('nodejs_heap_size_used_bytes', 'Used heap of the server processes.', process.heapUsedBytes),
    gauge(
      'nodejs_external_memory_bytes',
      'Memory outside the heap that objects hold.',
      process.externalBytes
    ),
    ...listEventLoopMetrics(process)
  ]
}

function listEventLoopMetrics({ eventLoop }: ProcessFacts): Metric[] {
  const words = 'of the process where it was worst, since the last scrape.'
  return [
    gauge('nodejs_eventloop_lag_p50_seconds', `Median lag ${words}`, eventLoop.p50Seconds),
    gauge('nodejs_eventloop_lag_p99_seconds', `99th percentile of the lag ${words}`, eventLoop.p99Seconds),
    gauge('nodejs_eventloop_lag_max_seconds', `Longest lag ${words}`, eventLoop.maxSeconds),
    gauge('nodejs_eventloop_utilization', `Busy share, 0 to 1, ${words}`, eventLoop.utilization)
  ]
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, samples: [{ labels: {}, value }] }
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, samples: [{ labels: {}, value }] }
}

function toText({ name, type, help, samples }: Metric): string {
  if (samples.length === 0) return ''
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${toLabelText(labels)} ${toNumberText(value)}\n`
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function toLabelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** A percentile of nothing is NaN, which the format has a word for. */
function toNumberText(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
