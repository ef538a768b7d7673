/** A page's form: thanks for people, 400 for whoever fills the field that nobody sees. */
export async function onRequestPost({ request, env }) {
  const form = await request.formData()
  const problems = ['name', 'email', 'message'].filter((field) => !String(form.get(field) ?? '').trim())
  if (form.get('website')) return new Response('No robots', { status: 400 })
  if (problems.length > 0) {
    const page = await env.ASSETS.fetch(new URL('/contact', request.url))
    const html = await page.text()
    return new Response(html.replace('<!--problem-->', `<p class="problem">Missing: ${problems.join(', ')}</p>`), {
      status: 422,
      headers: { 'Content-Type': 'text/html; charset=utf-8' }
    })
  }
  return Response.redirect(new URL(`/thanks?to=${encodeURIComponent(form.get('name'))}`, request.url), 303)
}
