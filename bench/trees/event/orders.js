import { orders } from '../../servers/orders.mjs'

export function handler() {
  return orders
}
