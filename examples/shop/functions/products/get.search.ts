import type { RouteShorthandOptions } from 'fastify'
import type { HandlerEvent } from 'treeway'
import { searchProducts } from '../../lib/products.ts'
import type { Product } from '../../lib/products.ts'

export const options: RouteShorthandOptions = {
  schema: {
    querystring: {
      type: 'object',
      required: ['q'],
      properties: { q: { type: 'string', minLength: 1, maxLength: 100 } }
    }
  }
}

/** The name is a method and a path: GET /products/search. Being text, it comes before `[id]`. */
export async function handler({ query }: HandlerEvent): Promise<Product[]> {
  return searchProducts(String(query.q))
}
