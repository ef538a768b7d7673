export async function POST(request) {
  return Response.json({ style: 'web', body: await request.json() })
}
