import schema from '../../servers/echo-schema.json' with { type: 'json' }

export const options = { schema: { body: schema } }

export function handler(event) {
  return JSON.parse(event.body)
}
