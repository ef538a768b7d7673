import type { FastifyRequest } from 'fastify'

interface Restock {
  productId: number
  name: string
  stock: number
}

/** What is to be bought again, in the order it ran low. */
export default async function getRestocks(request: FastifyRequest): Promise<Restock[]> {
  const { rows } = await request.server.database.query<Restock>(
    `SELECT id AS "productId", name, stock FROM restocks JOIN products ON id = product_id ORDER BY noted_at, id`
  )
  return rows
}
