interface Params {
  name: string
}

export function handler(event: { method: string }, { name }: Params) {
  return { message: `Hello, ${name}.` }
}
