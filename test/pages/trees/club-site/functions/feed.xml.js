export const onRequestGet = ({ request }) => {
  const { origin } = new URL(request.url)
  return new Response(`<?xml version="1.0"?><rss version="2.0"><channel><link>${origin}</link></channel></rss>`, {
    headers: { 'Content-Type': 'application/rss+xml', 'Cache-Control': 'max-age=600' }
  })
}
