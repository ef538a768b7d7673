export default async function plugin(app) {
  app.get('/', function getUser(request) {
    return { id: request.params.id }
  })
}
