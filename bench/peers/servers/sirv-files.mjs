import { createServer } from 'node:http'
import sirv from 'sirv'
import { listenOptions } from '../../servers/report-port.mjs'

/** As its own page runs it: in production files are listed once and never looked at again. */
const serve = sirv(process.argv[2], { etag: true, dev: process.argv[3] === 'dev' })
const server = createServer((request, response) =>
  serve(request, response, () => {
    response.statusCode = 404
    response.end()
  })
)
server.listen(listenOptions())
