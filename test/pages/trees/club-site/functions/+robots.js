/** A Fastify plugin beside the middleware: what it does holds for everything of the site. */
export default async function robots(server) {
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('x-robots-tag', 'noarchive')
  })
}
