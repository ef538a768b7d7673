export default function reply(request) {
  return { style: 'reply', agent: request.headers['user-agent'] }
}
