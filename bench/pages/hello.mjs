export const HELLO = { hello: 'world' }
