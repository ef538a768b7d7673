/** A Pages plugin: called with its options, it gives a middleware. */
export default function maintenance({ isOn, exceptions = [] }) {
  return function onRequest(context) {
    const { pathname } = new URL(context.request.url)
    if (!isOn(context.env) || exceptions.includes(pathname)) return context.next()
    return new Response('Back in a minute', { status: 503, headers: { 'Retry-After': '60' } })
  }
}
