import { orderSchema } from '../../shared/order-schema.mjs'

export async function onRequestPost({ request }) {
  return Response.json(orderSchema.parse(await request.json()))
}
