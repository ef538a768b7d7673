import { database } from './database.ts'
import type { Order } from './orders.ts'

const FEW = 5

/** Notes which products of an order are to be bought again. */
export async function noteRestocks(order: Order): Promise<void> {
  const ids = order.lines.map((line) => line.productId)
  await database.query(
    `INSERT INTO restocks (product_id) SELECT id FROM products WHERE id = ANY ($1) AND stock < $2
     ON CONFLICT DO NOTHING`,
    [ids, FEW]
  )
}
