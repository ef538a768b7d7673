import { readToken } from '../../lib/token.js'

/** Everything below /api, whatever answers there. */
export async function onRequest({ request, env, data, next }) {
  const [scheme, bearer] = (request.headers.get('Authorization') ?? '').split(' ')
  const cookie = /(?:^|;\s*)session=([^;]+)/.exec(request.headers.get('Cookie') ?? '')?.[1]
  const user = await readToken(scheme === 'Bearer' ? bearer : cookie, env.TOKEN_SECRET)
  if (user === undefined) {
    return Response.json({ error: 'not signed in' }, { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
  }
  data.user = user.name
  return next()
}
