export function onRequestGet({ params }) {
  return Response.json({ id: params.id })
}
