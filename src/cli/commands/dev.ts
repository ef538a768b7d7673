import type { DevEvent } from '../../dev/dev-event.ts'
import type { Command } from '../command.ts'
import { createDevPrinter } from '../dev-printer.ts'
import { exitCodes } from '../exit-code.ts'
import { withPortHolder } from '../port-holder.ts'
import { readDevConfig } from '../project-config.ts'

export const devCommand: Command = {
  name: 'dev',
  summary: 'Serve the tree and reload it when a file changes.',
  flags: [],
  examples: [
    { command: 'treeway dev', meaning: 'serve this directory on 127.0.0.1:3000, or the next free port' },
    { command: 'treeway dev examples/shop --port 8080', meaning: 'serve another directory on another port' },
    { command: 'treeway dev --host 0.0.0.0', meaning: 'let other machines reach it' }
  ],
  async run(context, input) {
    const loaded = await readDevConfig(context, input)
    const { config, problems, files } = loaded
    const { startDev } = await import('../../dev/start-dev.ts')
    const print = createDevPrinter(context, { host: config.host, files })
    // Printing waits for /proc now and then; one after the other keeps the order.
    let printed = Promise.resolve()
    const onEvent = (event: DevEvent): void => {
      printed = printed.then(() => print(event))
    }
    const readConfig = () => readDevConfig(context, input)
    const server = await withPortHolder(startDev({ config, problems, readConfig, onEvent }), config.port)
    const signal = await server.stopped
    await printed
    return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
  }
}
