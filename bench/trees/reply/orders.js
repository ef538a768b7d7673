import { orders } from '../../servers/orders.mjs'

export default function listOrders() {
  return orders
}
