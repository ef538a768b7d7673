/** Server-sent events, written while they are read. */
export function onRequestGet() {
  const { readable, writable } = new TransformStream()
  void write(writable.getWriter())
  return new Response(readable, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' } })
}

async function write(writer) {
  const encoder = new TextEncoder()
  for (const number of [1, 2, 3]) await writer.write(encoder.encode(`data: ${number}\n\n`))
  await writer.close()
}
