import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import type { RouteOf } from 'treeway'

interface Sales {
  days: number
  orders: number
  totalCents: number
}

export const options: RouteShorthandOptions = {
  schema: {
    querystring: {
      type: 'object',
      properties: { days: { type: 'integer', minimum: 1, maximum: 365, default: 30 } }
    },
    response: {
      200: {
        type: 'object',
        properties: {
          days: { type: 'integer' },
          orders: { type: 'integer' },
          totalCents: { type: 'integer' }
        }
      }
    }
  }
}

/** Reply style: Fastify's own, with all that hangs on request, reply and server. */
export default async function getSales(
  request: FastifyRequest<RouteOf<'/reports/sales'>>,
  reply: FastifyReply
): Promise<FastifyReply> {
  const { days } = request.query
  const { rows } = await request.server.database.query<Sales>(
    `SELECT $1::int AS days, count(DISTINCT orders.id)::int AS orders,
       coalesce(sum(quantity * price_cents), 0)::int AS "totalCents"
     FROM orders JOIN order_lines ON order_id = orders.id
     WHERE placed_at > now() - make_interval(days => $1)`,
    [days]
  )
  return reply.send(rows[0])
}
