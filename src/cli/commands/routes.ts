import type { Config } from '../../config/config.ts'
import { TreewayError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { toCanonicalUrl } from '../../routes/canonical-path.ts'
import { explainUrl } from '../../routes/explain.ts'
import type { Explanation } from '../../routes/explain.ts'
import { toDisplayUrl } from '../../routes/format-pattern.ts'
import type { RouteTable } from '../../routes/table.ts'
import type { CliContext } from '../cli-context.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { toExplanationText } from '../explain-text.ts'
import { toCountText } from '../problem-text.ts'
import { readProjectConfig } from '../project-config.ts'
import { toRoutesText } from '../routes-text.ts'

export const routesCommand: Command = {
  name: 'routes',
  summary: 'Show what is served: each route, its file, and what is not served and why.',
  flags: [
    { usage: '--explain <request>', description: 'say which file answers a request, why, and who else lost' },
    { usage: '--openapi', description: 'print the OpenAPI document of what is served; loads the tree' },
    { usage: '--json', description: 'print JSON and nothing else' }
  ],
  examples: [
    { command: 'treeway routes', meaning: 'the table of routes' },
    {
      command: "treeway routes --explain 'GET /users/42'",
      meaning: 'which file answers; exit code 1 if none does'
    },
    { command: 'treeway routes --openapi > openapi.json', meaning: 'the OpenAPI document' },
    { command: 'treeway routes --json', meaning: 'the table for a machine' }
  ],
  async run(context, input) {
    const request = parseRequest(input.flags['explain'])
    const { config, problems: configProblems } = await readProjectConfig(context, input)
    if (input.flags['openapi'] === true) return await printDocument(config, context)
    const { readProject } = await import('../../project/read-project.ts')
    const { table, problems: treeProblems } = await readProject(config)
    const problems = [...configProblems, ...treeProblems]
    const isJson = input.flags['json'] === true
    if (request) return printExplanation(explainUrl(table, request.method, request.url), isJson, context)
    if (isJson) context.out.print(JSON.stringify(toJson(table, problems), undefined, 2))
    else printTable(table, problems, context)
    return exitCodes.ok
  }
}

/** Routes that plugins register in code are known only when the tree is loaded. */
async function printDocument(config: Config, { out, log }: CliContext): Promise<number> {
  const { openApp } = await import('../../app.ts')
  const { app } = await openApp(
    { dir: config.dir, problems: 'serve', config },
    { openapi: 'unserved', isOnlyRead: true }
  )
  try {
    const { openapi, problems } = app.treeway
    out.print(JSON.stringify(await openapi?.readDocument(), undefined, 2))
    if (problems.length > 0) log.print(`${toCountText(problems)}: \`treeway check\` shows them.`)
    return exitCodes.ok
  } finally {
    await app.close()
  }
}

interface Asked {
  readonly method: string
  readonly url: string
}

/** `GET /users/42`, or a path or URL alone, which is a GET. */
export function parseRequest(text: unknown): Asked | undefined {
  if (typeof text !== 'string') return undefined
  const match = /^(?:([A-Za-z-]+)\s+)?((?:https?:\/\/|\/)\S*)$/.exec(text.trim())
  if (!match) {
    const fix = "Write a method and a path, such as --explain 'GET /users/42'."
    throw new TreewayError('TREEWAY_USAGE', `"${text}" is not a request.`, { fix })
  }
  return { method: (match[1] ?? 'GET').toUpperCase(), url: toCanonicalUrl(match[2] ?? '/') }
}

function printTable(table: RouteTable, problems: readonly Problem[], { out, log }: CliContext): void {
  out.print(toRoutesText(table, out.style))
  if (problems.length > 0)
    log.print(log.style.yellow(`\n${toCountText(problems)}: \`treeway check\` shows them.`))
}

function printExplanation(explanation: Explanation, isJson: boolean, { out }: CliContext): number {
  out.print(isJson ? JSON.stringify(explanation, undefined, 2) : toExplanationText(explanation, out.style))
  return explanation.winner ? exitCodes.ok : exitCodes.failed
}

function toJson(table: RouteTable, problems: readonly Problem[]): unknown {
  const withUrl = <T extends { readonly pattern: RouteTable['routes'][number]['pattern'] }>(entry: T) => ({
    url: toDisplayUrl(entry.pattern),
    ...entry
  })
  return {
    ...table,
    routes: table.routes.map(withEnvNames).map(withUrl),
    conflicts: table.conflicts.map(withUrl),
    middlewares: table.middlewares.map(withUrl),
    scopes: table.scopes.map(withUrl),
    problems
  }
}

/** The values of fn.env.json may be secrets: only their names are shown. */
function withEnvNames({ env, ...route }: RouteTable['routes'][number]) {
  return { ...route, env: Object.keys(env) }
}
