import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import { ownRouteKey, routeKey } from '../routes/route.ts'
import type { Route } from '../routes/route.ts'
import { BUCKET_BOUNDS } from './metrics-snapshot.ts'
import type { RequestSeries } from './metrics-snapshot.ts'

/** Static files, redirects and misses: their URLs are anybody's, so they can not be labels. */
const NO_ROUTE = '(no route)'
/** The client went away before there was a status. */
const CLIENT_GONE = 499
const SWITCHING_PROTOCOLS = 101

export interface RequestRecorder {
  readSeries(): readonly RequestSeries[]
  /** Requests that have not ended. */
  countInFlight(): number
}

interface Labels {
  readonly route: string
  readonly language: string
}

/** A series that still counts. */
type Counting = { -readonly [Key in keyof RequestSeries]: RequestSeries[Key] } & { buckets: number[] }

/**
 * Counts every request of an app, Treeway's own pages left out. To be called before anything is registered, so that no
 * hook answers ahead of it.
 */
export function recordRequests(app: FastifyInstance): RequestRecorder {
  const all = new Map<string, Counting>()
  const toLabels = createLabeller()
  let inFlight = 0

  function note({ route, language }: Labels, request: FastifyRequest, end: RequestEnd): void {
    const { method } = request
    const { status, seconds } = end
    const key = `${method} ${status} ${route}`
    let series = all.get(key)
    if (series === undefined) {
      const buckets = Array.from({ length: BUCKET_BOUNDS.length + 1 }, () => 0)
      series = { route, method, status, language, count: 0, timed: 0, sumSeconds: 0, buckets }
      all.set(key, series)
    }
    series.count++
    // As long as a connection was open is not how long an answer took.
    if (status !== SWITCHING_PROTOCOLS) addTime(series, seconds)
  }

  app.addHook('onRequest', function countRequest(request, reply, done) {
    const labels = toLabels(request)
    if (labels !== undefined) {
      const startedAt = performance.now()
      inFlight++
      // Not `onResponse`: that never comes for a client that goes away.
      reply.raw.once('close', () => {
        inFlight--
        const seconds = (performance.now() - startedAt) / 1000
        note(labels, request, { status: toStatus(request, reply), seconds })
      })
    }
    done()
  })
  return { readSeries: () => [...all.values()], countInFlight: () => inFlight }
}

interface RequestEnd {
  readonly status: number
  readonly seconds: number
}

function addTime(series: Counting, seconds: number): void {
  const index = BUCKET_BOUNDS.findIndex((bound) => seconds <= bound)
  const bucket = index === -1 ? BUCKET_BOUNDS.length : index
  series.timed++
  series.sumSeconds += seconds
  series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
}

function toStatus({ headers }: FastifyRequest, { raw }: FastifyReply): number {
  if (raw.headersSent) return raw.statusCode
  return headers.upgrade === undefined ? CLIENT_GONE : SWITCHING_PROTOCOLS
}

/** What is known of a route is found out once; undefined for Treeway's own. */
function createLabeller(): (request: FastifyRequest) => Labels | undefined {
  const known = new WeakMap<object, { readonly labels: Labels | undefined }>()
  return function toLabels(request) {
    const { config } = request.routeOptions
    let entry = known.get(config)
    if (entry === undefined) {
      entry = { labels: readLabels(config) }
      known.set(config, entry)
    }
    return entry.labels
  }
}

function readLabels(config: object): Labels | undefined {
  if (Reflect.get(config, ownRouteKey) === true) return undefined
  const route = Reflect.get(config, routeKey) as Route | undefined
  if (route !== undefined) return { route: toDisplayUrl(route.pattern), language: route.language }
  const url: unknown = Reflect.get(config, 'url')
  return typeof url === 'string' ? { route: url, language: 'javascript' } : { route: NO_ROUTE, language: '' }
}
