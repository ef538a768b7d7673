/** Checked by `tsc` alone: what the older pages document must type-check through `treeway/fastify`, and mistakes must not. */
import { PassThrough } from 'node:stream'
import Fastify, {
  errorCodes,
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest
} from '../../src/fastify.ts'

const app = Fastify({ logger: true, dialect: 'fastify1' })
// @ts-expect-error an unknown dialect
Fastify({ dialect: 'fastify9' })

// a factory like Fastify's own
export const same: FastifyInstance = fastify()
export const chained: FastifyInstance = Fastify.fastify().setErrorHandler((error) => void error)
export const asDefault: FastifyInstance = Fastify.default({ bodyLimit: 1 })
export const secure = Fastify({ http2: true, https: { allowHTTP1: true } }).server.setTimeout(1)
export const code: string = new errorCodes.FST_ERR_ASYNC_CONSTRAINT().code
export const sameCode: string = new Fastify.errorCodes.FST_ERR_NOT_FOUND().code

// options of the v1 page
app.get(
  '/',
  { beforeHandler: (request, reply, done) => done(reply.sent ? new Error(request.url) : undefined) },
  async () => ''
)
app.route({
  method: 'POST',
  url: '/old',
  version: '1.2.0',
  beforeHandler: [async (request) => void request.id, (_request, _reply, done) => done()],
  schemaCompiler: (schema) => (data) => ({ value: [schema, data] }),
  handler: (request, reply) => void reply.send(request.body)
})
// @ts-expect-error a version is a text
app.get('/version', { version: 1 }, async () => '')
// @ts-expect-error not a hook
app.get('/hook', { beforeHandler: 'authenticate' }, async () => '')

// the request and the reply
app.get('/fields', { config: { output: 'hello' } as object }, async (request, reply) => {
  const path: string = request.path
  const linked: FastifyReply = request.reply
  const itself: FastifyRequest = request.request
  reply.send([path, linked.sent, itself.id, reply.context.config, request.context.config])
  // @ts-expect-error read only
  request.path = '/other'
})
app.get('/context', async ({ request, reply }) => reply.code(200).send(request.id))
app.get('/moved', (_request, reply) => void reply.redirect(301, '/'))
app.get('/found', (_request, reply) => void reply.redirect('/', 302))

// listen
export const listening: Promise<string>[] = [
  app.listen(3000),
  app.listen('3000', '127.0.0.1'),
  app.listen({ port: 0 })
]
app.listen(3000, (error, address) => void [error?.message, address.length])
// @ts-expect-error no such port
app.listen(true)

// methods
app.propfind('/dav', async () => '')
app.route({ method: ['SEARCH', 'LOCK'], url: '/dav', handler: async () => '' })

// cross-origin rules
app.setScopeCORS({
  origin: [/\.example$/, 'https://shop.example'],
  credentials: true,
  strictPreflight: false
})
app.setScopeCORS(true)
app.get('/cors', { cors: { methods: ['GET'], maxAge: 60 } }, async () => '')
// @ts-expect-error seconds are a number
app.get('/cors', { cors: { maxAge: '60' } }, async () => '')

// preParsing with three parameters, and as Fastify 5 has it
app.post('/old-parsing', { preParsing: (_request, _reply, done) => void done() }, async () => '')
app.post('/old-block', {
  preParsing(request, _reply, done) {
    request.log.info('seen')
    done(null)
  },
  handler: async () => ''
})
app.route({
  method: 'POST',
  url: '/old-list',
  preParsing: [(_request, _reply, done) => void done()],
  handler: async () => ''
})
app.post('/parsing', { preParsing: async (_request, _reply, payload) => payload.pause() }, async () => '')
app.post('/parsing', { preParsing: async (request) => void request.id }, async () => '')
app.post(
  '/parsing',
  { preParsing: (_request, _reply, payload, done) => done(null, payload.pipe(new PassThrough())) },
  async () => ''
)
app.route({
  method: 'POST',
  url: '/parsing',
  preParsing: [
    (_request, _reply, payload, done) => done(null, payload),
    async (_request, _reply, payload) => payload.pause()
  ],
  handler: async () => ''
})
app.get<{ Params: { id: string } }>(
  '/typed/:id',
  { preHandler: async (request) => void request.params.id },
  async (request) => request.params.id.length
)
// @ts-expect-error params are typed
app.get<{ Params: { id: string } }>('/typed/:id', async (request) => request.params.other)
