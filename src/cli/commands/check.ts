import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { toProblemsText } from '../problem-text.ts'
import { readProjectConfig } from '../project-config.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'List every problem in the tree and its configuration.',
  flags: [{ usage: '--json', description: 'print JSON and nothing else' }],
  examples: [
    { command: 'treeway check', meaning: 'exit code 1 if there is an error; warnings alone are 0' },
    { command: 'treeway check --json', meaning: 'the same for a machine' }
  ],
  async run(context, input) {
    const { config, problems: configProblems } = await readProjectConfig(context, input)
    const { readProject } = await import('../../read-project.ts')
    const { problems: treeProblems } = await readProject(config)
    const problems = [...configProblems, ...treeProblems]
    const hasErrors = problems.some(({ severity }) => severity === 'error')
    const { print, style } = context.out
    if (input.flags['json'] === true) print(JSON.stringify({ ok: !hasErrors, problems }, undefined, 2))
    else print(problems.length === 0 ? style.green('No problems.') : toProblemsText(problems, style))
    return hasErrors ? exitCodes.failed : exitCodes.ok
  }
}
