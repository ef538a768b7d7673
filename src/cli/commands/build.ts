import { relative, resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import { TreewayError } from '../../errors.ts'
import type { CliContext } from '../cli-context.ts'
import type { Command, CommandInput } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { toFewProblemsText } from '../problem-text.ts'
import { readProjectConfig, refuseProblems } from '../project-config.ts'

export const buildCommand: Command = {
  name: 'build',
  summary: 'Freeze the tree into a folder that starts fast and can be shipped.',
  flags: [
    { usage: '-o, --out <folder>', description: 'folder of the build (default: <state-dir>/build)' },
    { usage: '--include <paths>', description: 'more files and folders to take along, with commas between' },
    { usage: '--json', description: 'print JSON and nothing else' }
  ],
  examples: [
    { command: 'treeway build', meaning: 'write .treeway/build; exit code 1 if the tree has a problem' },
    { command: 'treeway start .treeway/build', meaning: 'serve what was built' },
    {
      command: 'treeway build --out dist --include data',
      meaning: 'write ./dist, with the folder data in it'
    }
  ],
  async run(context, input) {
    const loaded = await readProjectConfig(context, input)
    refuseProblems(loaded)
    const { config, files, problems } = loaded
    const { buildProject } = await import('../../build/build-project.ts')
    const outDir = toOutDir(context, input, config)
    const onProgress = (text: string): void => context.log.print(text)
    const include = toList(input.flags['include'])
    const began = performance.now()
    const built = await buildProject({ config, outDir, include, configFiles: files, onProgress })
    const durationMs = Math.round(performance.now() - began)
    printBuilt(context, input, { ...built, problems: [...problems, ...built.problems], durationMs })
    return exitCodes.ok
  }
}

function toOutDir({ cwd }: CliContext, { dir, flags }: CommandInput, { stateDir }: Config): string {
  const { out } = flags
  return typeof out === 'string' ? resolve(cwd, out) : resolve(dir, stateDir, 'build')
}

/** Below the project, so that the build is complete by itself. */
function toList(include: unknown): string[] {
  if (typeof include !== 'string') return []
  const names = include.split(',').map((name) => name.trim().replace(/^\.\//, '').replace(/\/+$/, ''))
  const outside = names.find((name) => name === '' || name.startsWith('/') || name.split('/').includes('..'))
  if (outside === undefined) return names
  throw new TreewayError('TREEWAY_USAGE', `--include takes paths below the project; "${outside}" is none.`)
}

type Built = Awaited<ReturnType<typeof import('../../build/build-project.ts').buildProject>> & {
  readonly durationMs: number
}

function printBuilt({ cwd, out, log }: CliContext, { flags }: CommandInput, built: Built): void {
  if (flags['json'] === true) return out.print(JSON.stringify(built, undefined, 2))
  if (built.problems.length > 0) log.print(`${toFewProblemsText(built.problems, log.style)}\n`)
  const shown = relative(cwd, built.outDir) || '.'
  const count = `${built.routes} route${built.routes === 1 ? '' : 's'}`
  out.print(`${out.style.green('built')} ${count} into ${shown} (${built.durationMs} ms)`)
  out.print(`\nNext: ${out.style.bold(`treeway start ${shown}`)}`)
}
