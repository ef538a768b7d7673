import maintenance from '../plugins/maintenance.js'

/** One name for the site: www leads to the bare one. */
function leaveWww({ request, next }) {
  const url = new URL(request.url)
  if (!url.hostname.startsWith('www.')) return next()
  url.hostname = url.hostname.slice('www.'.length)
  return Response.redirect(url, 301)
}

/** Half of the visitors see another start page, and go on seeing it. */
async function chooseVariant({ request, env, next }) {
  const url = new URL(request.url)
  if (url.pathname !== '/') return next()
  const chosen = /variant=(a|b)/.exec(request.headers.get('Cookie') ?? '')?.[1]
  const variant = chosen ?? env.NEW_VISITORS ?? 'a'
  const page = variant === 'a' ? await next() : await env.ASSETS.fetch(new URL('/start-b', url))
  if (chosen) return page
  const response = new Response(page.body, page)
  response.headers.append('Set-Cookie', `variant=${variant}; Path=/; Max-Age=86400`)
  return response
}

export const onRequest = [leaveWww, maintenance({ isOn: (env) => env.MAINTENANCE === 'on', exceptions: ['/status'] }), chooseVariant]
