import { resolve } from 'node:path'
import type { CliContext } from '../cli-context.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { writeTemplate } from '../write-template.ts'
import type { TemplateName } from '../write-template.ts'

const CHOICES = ['js', 'ts'] as const

export const initCommand: Command = {
  name: 'init',
  summary: 'Write a small working tree to start from.',
  flags: [
    { usage: '-t, --template <language>', description: 'language of the files', choices: CHOICES },
    { usage: '-y, --yes', description: 'ask nothing; take ts where --template is not given' }
  ],
  examples: [
    { command: 'treeway init shop', meaning: 'write a TypeScript tree into ./shop' },
    { command: 'treeway init shop --template js --yes', meaning: 'JavaScript, without a question' }
  ],
  async run(context, input) {
    const template = await chooseTemplate(context, input.flags)
    const dir = resolve(input.dir)
    const files = await writeTemplate({ dir, template, version: context.version })
    const { print, style } = context.out
    for (const file of files) print(`${style.green('wrote')} ${file}`)
    const enter = dir === context.cwd ? '' : `cd ${toShown(dir, context.cwd)} && `
    print(`\nNext: ${style.bold(`${enter}npm install && npm run dev`)}`)
    return exitCodes.ok
  }
}

async function chooseTemplate(
  { ask }: CliContext,
  flags: Readonly<Record<string, unknown>>
): Promise<TemplateName> {
  const asked = flags['template']
  if (asked !== undefined) return asked === 'js' ? 'javascript' : 'typescript'
  if (flags['yes'] === true || ask === undefined) return 'typescript'
  const answer = await ask('TypeScript or JavaScript? [ts]/js ')
  return /^j/i.test(answer.trim()) ? 'javascript' : 'typescript'
}

function toShown(dir: string, cwd: string): string {
  return dir.startsWith(`${cwd}/`) ? dir.slice(cwd.length + 1) : dir
}
