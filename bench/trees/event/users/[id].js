export function handler(event, { id }) {
  return { id }
}
