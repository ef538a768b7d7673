import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { readProjectConfig } from '../project-config.ts'

export const reloadCommand: Command = {
  name: 'reload',
  summary: 'Have a running start replace its processes, one by one, with no request lost.',
  flags: [],
  examples: [{ command: 'treeway reload', meaning: 'reload the server that was started in this directory' }],
  async run(context, input) {
    const { config } = await readProjectConfig(context, input)
    const { readPidFile } = await import('../../start/pid-file.ts')
    const pid = await readPidFile(config)
    if (pid === undefined) {
      context.log.print('No start of this tree is running: there is nothing to reload.')
      return exitCodes.failed
    }
    process.kill(pid, 'SIGHUP')
    context.log.print(`told process ${pid} to reload`)
    return exitCodes.ok
  }
}
