import { isDeepStrictEqual } from 'node:util'
import type { RouteHandler } from '../handlers/style.ts'
import type { HotRoutes } from './project.ts'
import { prepareRoute } from './route-handler.ts'
import type { PreparedRoute } from './prepared-route.ts'

interface Slot {
  prepared: PreparedRoute
}

export function createHotRoutes(): HotRoutes {
  const slots: Slot[] = []
  return {
    wrap(prepared) {
      const slot: Slot = { prepared }
      slots.push(slot)
      const handler: RouteHandler = function hotRoute(request, reply) {
        return slot.prepared.handler.call(this, request, reply)
      }
      return { ...prepared, handler }
    },
    replace(project, files) {
      const stale = slots.filter(({ prepared }) => files.has(prepared.route.file))
      const next = stale.map(({ prepared }) => prepareRoute(project, prepared.route))
      if (!stale.every(({ prepared }, i) => isDeepStrictEqual(prepared.options, next[i]?.options)))
        return false
      for (const [i, slot] of stale.entries()) slot.prepared = next[i] ?? slot.prepared
      return true
    }
  }
}
