import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port that is free now, for programs that can not tell which one the system chose for them. */
export async function findPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
