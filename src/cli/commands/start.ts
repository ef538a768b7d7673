import { exitCodes } from '../exit-code.ts'
import type { CliContext } from '../cli-context.ts'
import type { Command, CommandInput } from '../command.ts'
import { toBannerText } from '../dev-text.ts'
import { toShownUrls } from '../network-urls.ts'
import { withPortHolder } from '../port-holder.ts'
import { toFewProblemsText } from '../problem-text.ts'
import { readProjectConfig, refuseProblems } from '../project-config.ts'
import { toSupervisorText } from '../supervisor-text.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Serve the tree for production, in several processes.',
  flags: [],
  examples: [
    {
      command: 'treeway start',
      meaning: 'serve this directory on 127.0.0.1:3000, in one process for each core'
    },
    { command: 'treeway start --host 0.0.0.0 --port 8080', meaning: 'serve for other machines too' },
    { command: 'treeway start --workers 2', meaning: 'serve with two processes' }
  ],
  async run(context, input) {
    const { isServerProcess } = await import('../../start/supervisor.ts')
    return isServerProcess() ? await serve(context, input) : await supervise(context, input)
  }
}

/** The process that was started by hand: it serves nothing itself. */
async function supervise(context: CliContext, input: CommandInput): Promise<number> {
  const loaded = await readProjectConfig(context, input)
  refuseProblems(loaded)
  const { runSupervisor } = await import('../../start/run-supervisor.ts')
  const { exitCode, signal } = await runSupervisor({
    config: loaded.config,
    environment: context.environment.read(),
    onEvent(event) {
      const text = toSupervisorText(event)
      if (text !== undefined) context.log.print(text)
    }
  })
  if (exitCode !== undefined) return exitCode
  return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
}

/** One of the processes that serve. The first one says what the tree is like. */
async function serve(context: CliContext, input: CommandInput): Promise<number> {
  const loaded = await readProjectConfig(context, input)
  const { runServerProcess } = await import('../../start/server-process.ts')
  const server = await withPortHolder(runServerProcess(loaded.config), loaded.config.port)
  if (server.isFirst) printBanner(context, { loaded, server })
  await server.drained
  return exitCodes.ok
}

interface Started {
  readonly loaded: Awaited<ReturnType<typeof readProjectConfig>>
  readonly server: Awaited<ReturnType<typeof import('../../start/server-process.ts').runServerProcess>>
}

function printBanner({ log, version }: CliContext, { loaded, server }: Started): void {
  const { table, problems } = server.app.treeway
  const tree = { table, problems: [...loaded.problems, ...problems] }
  if (tree.problems.length > 0) log.print(`${toFewProblemsText(tree.problems, log.style)}\n`)
  const urls = toShownUrls(loaded.config.host, server.url)
  log.print(
    toBannerText({ version, files: loaded.files, tree, durationMs: server.startMs, ...urls }, log.style)
  )
}
