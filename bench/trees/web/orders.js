import { orders } from '../../servers/orders.mjs'

export function GET() {
  return Response.json(orders)
}
