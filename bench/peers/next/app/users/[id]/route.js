export async function GET(_request, { params }) {
  return Response.json({ id: (await params).id })
}
