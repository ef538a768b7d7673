export default function getUser(request) {
  return { id: request.params.id }
}
