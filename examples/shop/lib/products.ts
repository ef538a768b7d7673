import { database } from './database.ts'
import { ShopError } from './shop-error.ts'

export interface NewProduct {
  name: string
  description: string
  priceCents: number
  stock: number
}

export interface Product extends NewProduct {
  id: number
}

const COLUMNS = 'id, name, description, price_cents AS "priceCents", stock'

export async function listProducts(limit: number, offset: number): Promise<Product[]> {
  const { rows } = await database.query<Product>(
    `SELECT ${COLUMNS} FROM products ORDER BY id LIMIT $1 OFFSET $2`,
    [limit, offset]
  )
  return rows
}

/** Finds words in any of their forms ("carve" finds "carved"), and parts of words while they are typed. */
export async function searchProducts(text: string): Promise<Product[]> {
  const { rows } = await database.query<Product>(
    `SELECT ${COLUMNS}
     FROM products, to_tsvector('english', name || ' ' || description) AS words
     WHERE words @@ websearch_to_tsquery('english', $1) OR strpos(lower(name), lower($1)) > 0
     ORDER BY strpos(lower(name), lower($1)) = 0, ts_rank(words, websearch_to_tsquery('english', $1)) DESC, id`,
    [text]
  )
  return rows
}

export async function readProduct(id: number): Promise<Product> {
  const { rows } = await database.query<Product>(`SELECT ${COLUMNS} FROM products WHERE id = $1`, [id])
  return rows[0] ?? refuseUnknown(id)
}

export async function createProduct(product: NewProduct): Promise<Product> {
  const { name, description, priceCents, stock } = product
  const { rows } = await database.query<Product>(
    `INSERT INTO products (name, description, price_cents, stock) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
    [name, description, priceCents, stock]
  )
  const [created] = rows
  if (!created)
    throw new ShopError(409, 'SHOP_PRODUCT_EXISTS', `There is a product called "${name}" already.`)
  return created
}

/** What is not given stays as it is. */
export async function changeProduct(id: number, change: Partial<NewProduct>): Promise<Product> {
  const { rows } = await database.query<Product>(
    `UPDATE products SET price_cents = coalesce($2, price_cents), stock = coalesce($3, stock)
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, change.priceCents ?? null, change.stock ?? null]
  )
  return rows[0] ?? refuseUnknown(id)
}

function refuseUnknown(id: number): never {
  throw new ShopError(404, 'SHOP_PRODUCT_UNKNOWN', `There is no product ${id}.`)
}
