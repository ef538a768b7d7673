/** Another server's API below this one's: its answers go through as they come. */
export async function onRequest({ request, env, params, data }) {
  const target = new URL(`/${(params.path ?? []).join('/')}`, env.UPSTREAM)
  target.search = new URL(request.url).search
  const outgoing = new Request(target, request)
  outgoing.headers.set('X-User', data.user)
  outgoing.headers.delete('Cookie')
  return fetch(outgoing)
}
