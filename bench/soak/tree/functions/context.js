export async function onRequest({ request }) {
  return Response.json({ style: 'context', body: await request.text() })
}
