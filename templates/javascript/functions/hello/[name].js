export function handler(event, { name }) {
  return { message: `Hello, ${name}.` }
}
