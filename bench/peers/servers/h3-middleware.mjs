import { H3, serve } from 'h3'
import { listenOptions } from '../../servers/report-port.mjs'

const app = new H3()
if (process.argv[2] === 'three') {
  for (const path of ['/**', '/a/**', '/a/b/**']) app.use(path, (_event, next) => next())
}
app.get('/a/b/hello', () => ({ hello: 'world' }))
const { port, host } = listenOptions()
serve(app, { port, hostname: host, silent: true })
