import schema from '../../servers/echo-schema.json' with { type: 'json' }

export const options = { schema: { body: schema } }

export default function echo(request) {
  return request.body
}
