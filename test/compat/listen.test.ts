import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFastify } from '../../src/compat/create-fastify.ts'

function createApp() {
  const app = createFastify()
  onTestFinished(() => app.close())
  app.get('/', async () => 'ok')
  return app
}

describe('listen', () => {
  it('takes a port', async () => {
    const app = createApp()
    await app.listen(0)
    const { port } = app.server.address() as AddressInfo
    expect(await (await fetch(`http://localhost:${port}`)).text()).toBe('ok')
  })

  it('takes a port in a string, a host and a backlog', async () => {
    const app = createApp()
    expect(await app.listen('0', '127.0.0.1', 16)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('takes a port, a host and a callback', async () => {
    const app = createApp()
    const address = await new Promise((resolve, reject) => {
      app.listen(0, '127.0.0.1', (error, text) => (error ? reject(error) : resolve(text)))
    })
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('takes a path', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'treeway-listen-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const path = join(dir, 'app.sock')
    const app = createApp()
    await app.listen(path)
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(path, () =>
        socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
      )
      let got = ''
      socket.on('data', (chunk: Buffer) => (got += chunk.toString()))
      socket.on('close', () => resolve(got))
      socket.on('error', reject)
    })
    expect(text).toContain('200 OK')
  })

  it('still takes the options of Fastify 5', async () => {
    expect(await createApp().listen({ port: 0, host: '127.0.0.1' })).toMatch(/^http/)
  })
})
