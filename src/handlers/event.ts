import { createEvent, createEventParts } from './create-event.ts'
import { applyAnswer } from './apply-answer.ts'
import { isPromise, toExportError } from './style.ts'
import type { Style } from './style.ts'

/** FastFN's: `handler(event, params)` answers `{ status, headers, body }` or a plain value. */
export const eventStyle: Style = {
  name: 'event',
  bodyMode: 'text',
  createHandler(target) {
    const { value: handler, route, services } = target
    if (typeof handler !== 'function') throw toExportError(target, 'a function')
    const parts = createEventParts(route, services.env)
    return function eventRoute(request, reply) {
      const event = createEvent(request, parts)
      const result: unknown = handler(event, event.params)
      if (!isPromise(result)) return applyAnswer(reply, result)
      return result.then((value) => applyAnswer(reply, value))
    }
  }
}
