export function handler() {
  return { hello: 'world' }
}
