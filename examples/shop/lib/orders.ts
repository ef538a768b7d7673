import type { Transaction } from '@electric-sql/pglite'
import { database } from './database.ts'
import { ShopError } from './shop-error.ts'

export interface NewOrder {
  customer: string
  lines: { productId: number; quantity: number }[]
}

export interface Order {
  id: number
  customer: string
  placedAt: Date
  totalCents: number
  lines: { productId: number; name: string; quantity: number; priceCents: number }[]
}

const SELECT_ORDERS = `
  SELECT orders.id, customer, placed_at AS "placedAt", sum(quantity * line.price_cents)::int AS "totalCents",
    json_agg(json_build_object(
      'productId', product_id, 'name', name, 'quantity', quantity, 'priceCents', line.price_cents
    ) ORDER BY product_id) AS lines
  FROM orders JOIN order_lines AS line ON order_id = orders.id JOIN products ON products.id = product_id`

/** The newest first; with `customer` only those whose name has that in it. */
export async function listOrders(customer: string): Promise<Order[]> {
  const { rows } = await database.query<Order>(
    `${SELECT_ORDERS} WHERE strpos(lower(customer), lower($1)) > 0
     GROUP BY orders.id ORDER BY placed_at DESC LIMIT 50`,
    [customer]
  )
  return rows
}

export async function readOrder(id: number): Promise<Order> {
  const { rows } = await database.query<Order>(`${SELECT_ORDERS} WHERE orders.id = $1 GROUP BY orders.id`, [
    id
  ])
  const [order] = rows
  if (!order) throw new ShopError(404, 'SHOP_ORDER_UNKNOWN', `There is no order ${id}.`)
  return order
}

/** All of it or nothing: with one line that can not be had, no stock is taken. */
export async function createOrder({ customer, lines }: NewOrder): Promise<Order> {
  const id = await database.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ id: number }>(
      'INSERT INTO orders (customer) VALUES ($1) RETURNING id',
      [customer]
    )
    const orderId = rows[0]?.id ?? 0
    for (const line of lines) await addLine(transaction, { orderId, ...line })
    return orderId
  })
  return readOrder(id)
}

interface OrderLine {
  orderId: number
  productId: number
  quantity: number
}

async function addLine(transaction: Transaction, { orderId, productId, quantity }: OrderLine): Promise<void> {
  const { affectedRows } = await transaction.query(
    'UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2',
    [productId, quantity]
  )
  if (affectedRows === 0) await refuseLine(transaction, productId)
  await transaction.query(
    `INSERT INTO order_lines SELECT $1, id, $3, price_cents FROM products WHERE id = $2
     ON CONFLICT (order_id, product_id) DO UPDATE SET quantity = order_lines.quantity + excluded.quantity`,
    [orderId, productId, quantity]
  )
}

async function refuseLine(transaction: Transaction, productId: number): Promise<never> {
  const { rows } = await transaction.query<{ name: string; stock: number }>(
    'SELECT name, stock FROM products WHERE id = $1',
    [productId]
  )
  const [product] = rows
  if (!product) throw new ShopError(422, 'SHOP_PRODUCT_UNKNOWN', `There is no product ${productId}.`)
  throw new ShopError(409, 'SHOP_OUT_OF_STOCK', `Only ${product.stock} of "${product.name}" are left.`)
}
