import type { EventContext } from 'treeway'
import { createOrder, listOrders } from '../../lib/orders.ts'
import { noteRestocks } from '../../lib/restocks.ts'

/** Context style: GET /orders?customer=ada */
export async function onRequestGet({ request }: EventContext<'GET /orders'>): Promise<Response> {
  const { searchParams } = new URL(request.url)
  return Response.json(await listOrders(searchParams.get('customer') ?? ''))
}

/** The client has its answer before the restocks are noted; a server that stops waits for them. */
export async function onRequestPost({ request, waitUntil }: EventContext<'POST /orders'>): Promise<Response> {
  const order = await createOrder(await request.json())
  waitUntil(noteRestocks(order))
  return Response.json(order, { status: 201, headers: { location: `/orders/${order.id}` } })
}
