export const onRequestGet = () => new Response('up', { headers: { 'Cache-Control': 'no-store' } })
