export function onRequestGet() {
  return Response.json({ hello: 'world' })
}
