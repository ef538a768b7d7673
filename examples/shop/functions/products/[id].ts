import type { RouteShorthandOptions } from 'fastify'
import type { WebInfo, WebRequest } from 'treeway'
import { changeProduct, readProduct } from '../../lib/products.ts'

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

/** Web style: an export for each method, a `Request` in, a `Response` out. */
export async function GET(_request: Request, { params }: WebInfo<'/products/:id'>): Promise<Response> {
  return Response.json(await readProduct(params.id))
}

/** The body is what the schema says, and so is `id`: a number. */
export async function PATCH(
  request: WebRequest<'PATCH /products/:id'>,
  { params }: WebInfo<'/products/:id'>
): Promise<Response> {
  return Response.json(await changeProduct(params.id, await request.json()))
}
