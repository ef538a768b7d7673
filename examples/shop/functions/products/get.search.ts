import type { RouteShorthandOptions } from 'fastify'
import type { HandlerEvent } from 'treeway'
import { searchProducts } from '../../lib/products.ts'
import type { Product } from '../../lib/products.ts'
import { TEXT } from '../../lib/text.ts'

export const options: RouteShorthandOptions = {
  schema: {
    querystring: {
      type: 'object',
      required: ['q'],
      properties: { q: { type: 'string', minLength: 1, maxLength: 100, pattern: TEXT } }
    }
  }
}

/** The name is a method and a path: GET /products/search. Being text, it comes before `[id]`. */
export async function handler({ query }: HandlerEvent<'/products/search'>): Promise<Product[]> {
  return searchProducts(query.q)
}
