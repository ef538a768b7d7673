import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { TreewayError } from '../../errors.ts'
import type { CliContext } from '../cli-context.ts'
import type { Command, CommandInput } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { readProjectConfig, refuseProblems } from '../project-config.ts'

export const typesCommand: Command = {
  name: 'types',
  summary: 'Write the types of all routes, for handlers and for clients.',
  flags: [
    {
      usage: '--from <document>',
      description: 'from an OpenAPI document, a URL or a file, for a client in another repository'
    },
    { usage: '--out <file>', description: 'with --from: the file to write (default: routes.d.ts)' }
  ],
  examples: [
    { command: 'treeway types', meaning: 'write .treeway/types/routes.d.ts, as dev does by itself' },
    { command: 'treeway types && tsc', meaning: 'in CI, before types are checked' },
    {
      command: 'treeway types --from https://api.example.org/_treeway/openapi.json --out src/api.d.ts',
      meaning: 'for createClient<ProjectRoutes>() elsewhere'
    }
  ],
  async run(context, input) {
    if (input.flags['from'] !== undefined || input.flags['out'] !== undefined)
      return await writeClientTypes(context, input)
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

async function writeClientTypes({ out }: CliContext, { dir, flags }: CommandInput): Promise<number> {
  const { from, out: file = 'routes.d.ts' } = flags
  if (typeof from !== 'string' || typeof file !== 'string') {
    const fix = 'Name the document: --from openapi.json or --from https://...'
    throw new TreewayError('TREEWAY_USAGE', '--out is for the types of a document.', { fix })
  }
  const { parseDocument } = await import('../../openapi/parse-document.ts')
  const { toClientTypes } = await import('../../openapi/route-types.ts')
  const text = toClientTypes(parseDocument(await readDocument(from, dir), from))
  const path = resolve(dir, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  out.print(`Wrote ${file}`)
  return exitCodes.ok
}

async function readDocument(from: string, dir: string): Promise<string> {
  try {
    if (!/^https?:/.test(from)) return await readFile(resolve(dir, from), 'utf8')
    const answer = await fetch(from)
    if (answer.ok) return await answer.text()
    throw new Error(`it answers ${answer.status}`)
  } catch (error) {
    const reason = error instanceof Error ? toReason(error) : String(error)
    const fix =
      'Check the URL or the name of the file; a server has its document where the option openapi says.'
    throw new TreewayError('TREEWAY_USAGE', `${from} can not be read: ${reason}.`, { fix, cause: error })
  }
}

function toReason({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message
}

// A pattern with stars leaves out folders whose name begins with a dot.
async function printHint({ log }: CliContext, dir: string, file: string): Promise<void> {
  const text = await readFile(join(dir, 'tsconfig.json'), 'utf8').catch(() => undefined)
  if (text === undefined || text.includes(file.replace('/routes.d.ts', ''))) return
  log.print(`Add "${file}" to "include" of tsconfig.json, so that the compiler sees it.`)
}
