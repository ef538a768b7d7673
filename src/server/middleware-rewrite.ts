import type { FastifyRequest } from 'fastify'

/**
 * `next(request)`: what later handlers see, in every style. The route is chosen already and stays, parameters too; the
 * method, URL, headers and body are those of the new request.
 */
export async function rewriteRequest(request: FastifyRequest, given: Request): Promise<void> {
  const { raw } = request
  const url = new URL(given.url)
  const body = given.body && !given.bodyUsed ? Buffer.from(await given.arrayBuffer()) : undefined
  const headers = { ...Object.fromEntries(given.headers), host: url.host }
  const sized = body === undefined ? headers : { ...headers, 'content-length': String(body.length) }
  Object.assign(raw, {
    method: given.method,
    url: url.pathname + url.search,
    headers: withoutStaleLength(sized, body),
    rawHeaders: Object.entries(sized).flat(),
    rawBody: body ?? Buffer.alloc(0)
  })
  request.query = toQuery(url.searchParams)
}

function withoutStaleLength(
  headers: Record<string, string>,
  body: Buffer | undefined
): Record<string, string> {
  const { 'transfer-encoding': _encoding, ...others } = headers
  if (body !== undefined) return others
  const { 'content-length': _length, ...rest } = others
  return rest
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
