import { fileURLToPath } from 'node:url'
import { createApp } from '../../src/app.ts'
import { startTreeway } from '../cli/run-treeway.ts'

export const shopDir = fileURLToPath(new URL('../../examples/shop', import.meta.url))

export interface Shop {
  /** Without a slash at its end. */
  readonly url: string
  stop(): Promise<void>
}

/** The ways to start the example; each must give the same server. */
export const shopStarts: Readonly<Record<string, () => Promise<Shop>>> = {
  createApp: startByCall,
  'treeway start': () => startByCommand('start'),
  'treeway dev': () => startByCommand('dev')
}

async function startByCall(): Promise<Shop> {
  const app = await createApp({ dir: shopDir })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url, stop: () => app.close() }
}

async function startByCommand(command: 'dev' | 'start'): Promise<Shop> {
  const cli = startTreeway([command, shopDir, '--port', '0'])
  try {
    const [, url = ''] = await cli.waitFor(/Local +(http:\S+)/)
    return { url, stop: async () => void (await cli.stop('SIGTERM')) }
  } catch (error) {
    await cli.stop('SIGKILL')
    throw error
  }
}
