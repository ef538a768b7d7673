import schema from '../../../servers/echo-schema.json' with { type: 'json' }

export default async function plugin(app) {
  app.post('/', { schema: { body: schema } }, function echo(request) {
    return request.body
  })
}
