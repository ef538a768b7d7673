import type { FastifyInstance } from 'fastify'

const key = process.env['DESK_KEY'] ?? 'demo'

/** One plugin for the whole desk: its hooks hold for every route below, whatever language answers. */
export default async function guardDesk(server: FastifyInstance): Promise<void> {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-desk', 'polyglot')
    if (request.method !== 'POST' || request.headers['x-desk-key'] === key) return
    return reply
      .code(401)
      .send({ statusCode: 401, error: 'Unauthorized', message: 'The x-desk-key is wrong.' })
  })
}
