import { createLightRequest } from './light-request.ts'
import { applyResponse } from './send-response.ts'
import { isPromise, toExportError } from './style.ts'
import type { HandlerTarget, Style } from './style.ts'

type WebHandler = (request: Request, info: { readonly params: unknown }) => unknown

/** Bodies of the web and context styles are read by the handler; Pages' own limit is its plan's 100 MB. */
export const MAX_WEB_BODY_BYTES = 100 * 1024 * 1024

/** `GET(request, { params })`, or a default export with `fetch`: answers with a Web `Response`. */
export const webStyle: Style = {
  name: 'web',
  bodyMode: 'stream',
  createHandler(target) {
    const handler = toWebHandler(target)
    const maxBodyBytes = target.route.functionOptions.maxBodyBytes ?? MAX_WEB_BODY_BYTES
    return function webRoute(request, reply) {
      const webRequest = createLightRequest(request, reply, maxBodyBytes)
      const result = handler(webRequest, { params: request.params })
      if (!isPromise(result)) return applyResponse(reply, result)
      return result.then((response) => applyResponse(reply, response))
    }
  }
}

function toWebHandler(target: HandlerTarget): WebHandler {
  const { value } = target
  if (typeof value === 'function') return value as WebHandler
  if (typeof value === 'object' && value !== null && 'fetch' in value && typeof value.fetch === 'function') {
    // An app such as Hono's reads its own fields through `this`.
    return value.fetch.bind(value) as WebHandler
  }
  throw toExportError(target, 'a function, or an object with fetch')
}
