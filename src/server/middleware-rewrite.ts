import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { GivenRequest } from '../handlers/chain-request.ts'
import { SharedBody, sharedBody } from '../handlers/shared-body.ts'
import { toCanonicalUrl } from '../routes/canonical-path.ts'

/**
 * `next(request)`: what later handlers see, in every style. The route is chosen already and stays, parameters too; the
 * method, URL, headers and body are those of the new request.
 */
export function rewriteRequest(request: FastifyRequest, { request: given, body }: GivenRequest): void {
  const url = new URL(given.url)
  // A length or an encoding that was copied along belongs to another body.
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    ...kept
  } = Object.fromEntries(given.headers)
  const headers: Record<string, string> = { ...kept, host: url.host }
  if (body) headers['transfer-encoding'] = 'chunked'
  Object.assign(request.raw, {
    method: given.method,
    url: toCanonicalUrl(url.pathname + url.search),
    headers,
    rawHeaders: Object.entries(headers).flat()
  })
  request[sharedBody] = body ?? new SharedBody(Readable.from([]))
  request.query = toQuery(url.searchParams)
}

/** As Fastify parses queries: a name that is repeated has a list. */
function toQuery(params: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}
