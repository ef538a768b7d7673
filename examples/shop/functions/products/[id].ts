import type { RouteShorthandOptions } from 'fastify'
import { changeProduct, readProduct } from '../../lib/products.ts'
import type { NewProduct } from '../../lib/products.ts'

export const options: RouteShorthandOptions = {
  schema: {
    params: {
      type: 'object',
      properties: { id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } }
    },
    body: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: {
        priceCents: { type: 'integer', minimum: 1, maximum: 10_000_000 },
        stock: { type: 'integer', minimum: 0, maximum: 1_000_000 }
      }
    }
  }
}

interface Info {
  params: { id: number }
}

/** Web style: an export for each method, a `Request` in, a `Response` out. */
export async function GET(_request: Request, { params }: Info): Promise<Response> {
  return Response.json(await readProduct(params.id))
}

export async function PATCH(request: Request, { params }: Info): Promise<Response> {
  const change: Partial<NewProduct> = await request.json()
  return Response.json(await changeProduct(params.id, change))
}
