export function handler(event) {
  return { status: 200, body: JSON.parse(event.body) }
}
