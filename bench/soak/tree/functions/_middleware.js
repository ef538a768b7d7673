export async function onRequest({ next }) {
  const response = await next()
  response.headers.set('x-soak', '1')
  return response
}
