import { Readable } from 'node:stream'
import { LightResponse } from '../handlers/light-response.ts'
import { toCanonicalUrl } from '../routes/canonical-path.ts'
import type { AssetAnswer, AssetSource } from './project.ts'

/** The static files as `next()` and `env.ASSETS.fetch` see them: a Request in, a Response out, 404 and 405 included. */
export function toAssetFetcher(assets: AssetSource | undefined): (request: Request) => Promise<Response> {
  return async function fetchAsset(request) {
    const { pathname, search } = new URL(request.url)
    const answer = await assets?.respond({
      method: request.method,
      path: toCanonicalUrl(pathname),
      search,
      headers: Object.fromEntries(request.headers)
    })
    if (answer) return toResponse(answer)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    return new LightResponse(null, { status: isRead ? 404 : 405 })
  }
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
