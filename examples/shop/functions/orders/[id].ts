import type { RouteShorthandOptions } from 'fastify'
import type { EventContext } from 'treeway'
import { readOrder } from '../../lib/orders.ts'

export const options: RouteShorthandOptions = {
  schema: {
    params: {
      type: 'object',
      properties: { id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } }
    }
  }
}

/** An order with its lines and its total. */
export async function onRequestGet({ params }: EventContext<'/orders/:id'>): Promise<Response> {
  return Response.json(await readOrder(params.id))
}
