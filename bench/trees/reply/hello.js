export default function hello() {
  return { hello: 'world' }
}
