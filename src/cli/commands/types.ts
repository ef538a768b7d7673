import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CliContext } from '../cli-context.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { readProjectConfig, refuseProblems } from '../project-config.ts'

export const typesCommand: Command = {
  name: 'types',
  summary: 'Write the types of all routes, for handlers and for clients.',
  flags: [],
  examples: [
    { command: 'treeway types', meaning: 'write .treeway/types/routes.d.ts, as dev does by itself' },
    { command: 'treeway types && tsc', meaning: 'in CI, before types are checked' }
  ],
  async run(context, input) {
    const loaded = await readProjectConfig(context, input)
    refuseProblems(loaded)
    const { config } = loaded
    const { openApp } = await import('../../app.ts')
    const { writeRouteTypes } = await import('../../openapi/write-route-types.ts')
    const { app } = await openApp(
      { dir: config.dir, problems: 'serve', config },
      { openapi: 'unserved', isOnlyRead: true }
    )
    try {
      const { openapi } = app.treeway
      if (!openapi) return exitCodes.failed
      const { file, isChanged } = await writeRouteTypes(openapi, config)
      context.out.print(`${isChanged ? 'Wrote' : 'Nothing changed in'} ${file}`)
      await printHint(context, config.dir, file)
      return exitCodes.ok
    } finally {
      await app.close()
    }
  }
}

// A pattern with stars leaves out folders whose name begins with a dot.
async function printHint({ log }: CliContext, dir: string, file: string): Promise<void> {
  const text = await readFile(join(dir, 'tsconfig.json'), 'utf8').catch(() => undefined)
  if (text === undefined || text.includes(file.replace('/routes.d.ts', ''))) return
  log.print(`Add "${file}" to "include" of tsconfig.json, so that the compiler sees it.`)
}
