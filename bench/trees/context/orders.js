import { orders } from '../../servers/orders.mjs'

export function onRequestGet() {
  return Response.json(orders)
}
