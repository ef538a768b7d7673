export function GET(_request, { params }) {
  return Response.json({ id: params.id })
}
