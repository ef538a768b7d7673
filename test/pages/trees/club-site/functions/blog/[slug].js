/** A post is a static page, with its address put in. */
export async function onRequestGet({ params, next, functionPath }) {
  const page = await next()
  if (!page.ok) return page
  const html = await page.text()
  const link = `<link rel="canonical" href="https://club.example${functionPath}">`
  const response = new Response(html.replace('</head>', `${link}</head>`), page)
  response.headers.set('X-Slug', params.slug)
  return response
}
