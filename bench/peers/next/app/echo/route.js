import { orderSchema } from '../../../shared/order-schema.mjs'

export async function POST(request) {
  return Response.json(orderSchema.parse(await request.json()))
}
