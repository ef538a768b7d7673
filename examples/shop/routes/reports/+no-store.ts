import type { FastifyInstance } from 'fastify'

/** A plugin for this folder and below: figures change with every order, so nobody keeps them. */
export default async function addNoStore(server: FastifyInstance): Promise<void> {
  server.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
}
