/** Another one: a list of middleware. */
export default function basicAuth({ realm, userOf }) {
  const challenge = { status: 401, headers: { 'WWW-Authenticate': `Basic realm="${realm}", charset="UTF-8"` } }
  return [
    function readUser(context) {
      const [scheme, encoded] = (context.request.headers.get('Authorization') ?? '').split(' ')
      if (scheme !== 'Basic' || !encoded) return new Response('Members only', challenge)
      const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)))
      const at = text.indexOf(':')
      const member = userOf(context.env, text.slice(0, at), text.slice(at + 1))
      if (member === undefined) return new Response('Members only', challenge)
      context.data = { ...context.data, member }
      return context.next()
    }
  ]
}
