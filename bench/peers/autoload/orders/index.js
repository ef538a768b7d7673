import { orders } from '../../../servers/orders.mjs'

export default async function plugin(app) {
  app.get('/', function listOrders() {
    return orders
  })
}
