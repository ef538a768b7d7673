import type { RouteShorthandOptions } from 'fastify'
import type { HandlerEvent } from 'treeway'
import { listProducts } from '../../lib/products.ts'
import type { Product } from '../../lib/products.ts'

export const options: RouteShorthandOptions = {
  schema: {
    querystring: {
      type: 'object',
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 }
      }
    }
  }
}

/** Event style: what a handler returns is the answer. */
export async function handler({ query }: HandlerEvent<'GET /products'>): Promise<Product[]> {
  return listProducts(query.limit, query.offset)
}
