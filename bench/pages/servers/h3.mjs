import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { reportPort } from '../../servers/report-port.mjs'
import { HELLO } from '../hello.mjs'

const require = createRequire(new URL('../../peers/package.json', import.meta.url))
const { H3, serve } = await import(pathToFileURL(require.resolve('h3')))

const app = new H3()
if (process.argv[2] === 'three') {
  for (const path of ['/**', '/a/**', '/a/b/**']) app.use(path, (_event, next) => next())
}
app.get('/a/b/hello', () => HELLO)
const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
await server.ready()
// A server waits while others are measured; Node would close its connections after five seconds.
server.node.server.keepAliveTimeout = 600_000
reportPort(Number(new URL(server.url).port))
