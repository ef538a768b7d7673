import { orders } from '../../../../servers/orders.mjs'

export const dynamic = 'force-dynamic'

export function GET() {
  return Response.json(orders)
}
