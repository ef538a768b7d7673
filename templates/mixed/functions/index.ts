export default function home() {
  return { message: 'It works.', next: '/hello/you' }
}
