import type { Command } from '../command.ts'
import { toBannerText } from '../dev-text.ts'
import { exitCodes } from '../exit-code.ts'
import { toShownUrls } from '../network-urls.ts'
import { withPortHolder } from '../port-holder.ts'
import { toFewProblemsText } from '../problem-text.ts'
import { readProjectConfig, refuseProblems } from '../project-config.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Serve the tree for production.',
  flags: [],
  examples: [
    { command: 'treeway start', meaning: 'serve this directory on 127.0.0.1:3000' },
    { command: 'treeway start --host 0.0.0.0 --port 8080', meaning: 'serve for other machines too' }
  ],
  async run(context, input) {
    const loaded = await readProjectConfig(context, input)
    refuseProblems(loaded)
    const { config, files } = loaded
    const { startServer } = await import('../../start/start-server.ts')
    const { log, version } = context
    const onStopping = (signal: string): void => log.print(`${signal}: stopping`)
    const server = await withPortHolder(startServer({ config, onStopping }), config.port)
    const { table, problems } = server.app.treeway
    const tree = { table, problems: [...loaded.problems, ...problems] }
    if (tree.problems.length > 0) log.print(`${toFewProblemsText(tree.problems, log.style)}\n`)
    const banner = {
      version,
      files,
      tree,
      durationMs: server.startMs,
      ...toShownUrls(config.host, server.url)
    }
    log.print(toBannerText(banner, log.style))
    return (await server.stopped) === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
  }
}
