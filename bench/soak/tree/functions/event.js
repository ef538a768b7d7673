export function handler(event) {
  return { status: 200, headers: { 'x-style': 'event' }, body: { style: 'event', query: event.query } }
}
