import type { RouteShorthandOptions } from 'fastify'
import type { HandlerEvent } from 'treeway'
import { createProduct } from '../../lib/products.ts'
import type { NewProduct, Product } from '../../lib/products.ts'
import { TEXT } from '../../lib/text.ts'

export const options: RouteShorthandOptions = {
  schema: {
    body: {
      type: 'object',
      required: ['name', 'description', 'priceCents', 'stock'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 80, pattern: TEXT },
        description: { type: 'string', maxLength: 500, pattern: TEXT },
        priceCents: { type: 'integer', minimum: 1, maximum: 10_000_000 },
        stock: { type: 'integer', minimum: 0, maximum: 1_000_000 }
      }
    }
  }
}

interface Created {
  status: number
  headers: Record<string, string>
  body: Product
}

/** Only asked when the body fits the schema. */
export async function handler({ body = '' }: HandlerEvent<'POST /products'>): Promise<Created> {
  const wanted: NewProduct = JSON.parse(body)
  const product = await createProduct(wanted)
  return { status: 201, headers: { location: `/products/${product.id}` }, body: product }
}
