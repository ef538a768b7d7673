import type { Config } from '../../config/config.ts'
import { TreewayError, createProblem } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { toProblemsText } from '../problem-text.ts'
import { readProjectConfig } from '../project-config.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'List every problem in the tree and its configuration.',
  flags: [
    {
      usage: '--no-load',
      description: 'only read the files: boot files, plugins and schemas are not looked at'
    },
    { usage: '--json', description: 'print JSON and nothing else' }
  ],
  examples: [
    { command: 'treeway check', meaning: 'exit code 1 if there is an error; warnings alone are 0' },
    { command: 'treeway check --json', meaning: 'the same for a machine' }
  ],
  async run(context, input) {
    const { config, problems: configProblems } = await readProjectConfig(context, input)
    const treeProblems = await (input.flags['load'] === false ? readProblems(config) : loadProblems(config))
    const problems = [...configProblems, ...treeProblems]
    const hasErrors = problems.some(({ severity }) => severity === 'error')
    const { print, style } = context.out
    if (input.flags['json'] === true) print(JSON.stringify({ ok: !hasErrors, problems }, undefined, 2))
    else print(problems.length === 0 ? style.green('No problems.') : toProblemsText(problems, style))
    return hasErrors ? exitCodes.failed : exitCodes.ok
  }
}

async function readProblems(config: Config): Promise<readonly Problem[]> {
  const { readProject } = await import('../../project/read-project.ts')
  return (await readProject(config)).problems
}

/** What comes up only when the tree is loaded, as it would be to serve it: modules, plugins, schemas. */
async function loadProblems(config: Config): Promise<readonly Problem[]> {
  const { openApp } = await import('../../app.ts')
  const { createSchemaCompilers, findRouteFile } = await import('../../server/schema-compilers.ts')
  const faults: { readonly fault: TreewayError; readonly url: string }[] = []
  const schemaController = createSchemaCompilers((fault, { url }) => faults.push({ fault, url }))
  const options = {
    dir: config.dir,
    problems: 'serve',
    config,
    fastify: { schemaController, logger: false }
  } as const
  try {
    const { app } = await openApp(options, { openapi: 'unserved', isOnlyRead: true })
    const { problems, table, openapi } = app.treeway
    await app.close()
    const schemas = faults.map(({ fault, url }) => toProblem(fault, findRouteFile(table, url)))
    // A schema that does not compile makes no document either.
    const described = faults.length === 0 ? await openapi?.listProblems() : undefined
    return [...problems, ...schemas, ...(described ?? [])]
  } catch (error) {
    const read = await readProblems(config)
    return [...read, toProblem(error, undefined)]
  }
}

function toProblem(error: unknown, file: string | undefined): Problem {
  const { code, message, fix } =
    error instanceof TreewayError
      ? error
      : new TreewayError('TREEWAY_PLUGIN_FAILED', `The app can not be made: ${String(error)}`)
  return createProblem(code, message, { fix, ...(file === undefined ? {} : { file }) })
}
