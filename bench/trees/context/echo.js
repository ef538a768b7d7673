import schema from '../../servers/echo-schema.json' with { type: 'json' }

export const options = { schema: { body: schema } }

export async function onRequestPost({ request }) {
  return Response.json(await request.json())
}
