import { Readable } from 'node:stream'
import { LightResponse } from '../handlers/light-response.ts'
import { toCanonicalUrl } from '../routes/canonical-path.ts'
import type { AssetAnswer, AssetSource } from './project.ts'

/** As many as `fetch` follows. */
const MAX_REDIRECTS = 20

/**
 * The static files as `next()` and `env.ASSETS.fetch` see them: a Request in, a Response out, 404 and 405 included. Where
 * `/index.html` leads to `/`, the answer is that of `/`, unless the request says otherwise, as the client's own does.
 */
export function toAssetFetcher(assets: AssetSource | undefined): (request: Request) => Promise<Response> {
  return async function fetchAsset(request) {
    const { method, redirect } = request
    const headers = Object.fromEntries(request.headers)
    let url = new URL(request.url)
    for (let followed = 0; ; followed++) {
      const path = toCanonicalUrl(url.pathname)
      const answer = await assets?.respond({ method, path, search: url.search, headers })
      if (!answer) return new LightResponse(null, { status: isRead(method) ? 404 : 405 })
      const target = redirect === 'follow' && isRead(method) ? toOwnTarget(answer, url) : undefined
      if (target === undefined || followed === MAX_REDIRECTS) return toResponse(answer)
      url = target
    }
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Where a redirect leads, if that may be one of the static files too. */
function toOwnTarget({ kind, headers }: AssetAnswer, url: URL): URL | undefined {
  const location = headers['location']
  if (kind !== 'redirect' || typeof location !== 'string') return undefined
  const target = new URL(location, url)
  return target.origin === url.origin ? target : undefined
}

function toResponse(answer: AssetAnswer): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one))
  }
  const { body, status } = answer
  const payload =
    body instanceof Readable ? (Readable.toWeb(body) as ReadableStream) : (body as BodyInit | undefined)
  return new LightResponse(payload ?? null, { status, headers })
}
