import { resolve } from 'node:path'
import type { CliContext } from '../cli-context.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { templates } from '../templates.ts'
import type { Template } from '../templates.ts'
import { writeTemplate } from '../write-template.ts'

const DEFAULT = 'ts'
const CHOICES = Object.keys(templates)

export const initCommand: Command = {
  name: 'init',
  summary: 'Write a small working tree to start from.',
  flags: [
    { usage: '-t, --template <language>', description: 'language of the files', choices: CHOICES },
    { usage: '-y, --yes', description: `ask nothing; take ${DEFAULT} where --template is not given` },
    { usage: '--docker', description: 'write a Dockerfile too' },
    { usage: '--systemd', description: 'write a systemd unit too' }
  ],
  examples: [
    { command: 'treeway init shop', meaning: 'write a TypeScript tree into ./shop' },
    { command: 'treeway init shop --template python --yes', meaning: 'Python, without a question' },
    { command: 'treeway init shop --docker', meaning: 'with a Dockerfile that builds and serves it' }
  ],
  async run(context, input) {
    const { flags } = input
    const template = await chooseTemplate(context, flags)
    const dir = resolve(input.dir)
    const files = await writeTemplate({
      dir,
      template,
      version: context.version,
      hasDocker: flags['docker'] === true,
      hasSystemd: flags['systemd'] === true
    })
    const { print, style } = context.out
    for (const file of files) print(`${style.green('wrote')} ${file}`)
    const enter = dir === context.cwd ? '' : `cd ${toShown(dir, context.cwd)} && `
    print(`\nNext: ${style.bold(`${enter}npm install && npm run dev`)}`)
    return exitCodes.ok
  }
}

/** commander has refused what is no choice. */
async function chooseTemplate(
  { ask }: CliContext,
  flags: Readonly<Record<string, unknown>>
): Promise<Template> {
  const asked = flags['template']
  if (typeof asked === 'string') return pickTemplate(asked)
  if (flags['yes'] === true || ask === undefined) return pickTemplate(DEFAULT)
  const answer = await ask(`Which language? ${CHOICES.join(', ')} [${DEFAULT}] `)
  return pickTemplate(answer.trim().toLowerCase())
}

/** A name, its beginning, or a title; for anything else the default. */
function pickTemplate(answer: string): Template {
  const names = CHOICES.filter((name) => {
    const title = templates[name]?.title.toLowerCase() ?? ''
    return answer !== '' && (name.startsWith(answer) || title.startsWith(answer))
  })
  const picked = templates[names[0] ?? DEFAULT]
  if (picked === undefined) throw new Error('The default is a template.')
  return picked
}

function toShown(dir: string, cwd: string): string {
  return dir.startsWith(`${cwd}/`) ? dir.slice(cwd.length + 1) : dir
}
