export function handler() {
  throw new Error('It fails, as it should.')
}
