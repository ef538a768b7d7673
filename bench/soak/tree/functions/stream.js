export function GET() {
  let left = 50
  const body = new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close()
      else controller.enqueue(new Uint8Array(4096))
    }
  })
  return new Response(body)
}
