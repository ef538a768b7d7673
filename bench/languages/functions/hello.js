export function handler() {
  return { status: 200, body: { hello: 'world' } }
}
