import { toExportError } from './style.ts'
import type { RouteHandler, Style } from './style.ts'

/** Fastify's own: `(request, reply)`, registered as it is, so that nothing stands between Fastify and the user's code. */
export const replyStyle: Style = {
  name: 'reply',
  bodyMode: 'parsed',
  createHandler(target) {
    if (typeof target.value !== 'function') throw toExportError(target, 'a function')
    return target.value as RouteHandler
  }
}
