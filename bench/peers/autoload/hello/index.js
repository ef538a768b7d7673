export default async function plugin(app) {
  app.get('/', function hello() {
    return { hello: 'world' }
  })
}
