/** Every post is counted; what is thrown here must never keep a page from its reader. */
export async function onRequestGet({ next, passThroughOnException, request }) {
  passThroughOnException()
  if (new URL(request.url).searchParams.has('broken')) throw new Error('the counter is broken')
  const response = await next()
  response.headers.set('X-Read', response.ok ? 'counted' : 'missed')
  return response
}
