import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildOptions, BuildOutcome, Compiler, Fault } from '../compiled/compiler.ts'
import type { WorkerFunction } from '../language.ts'
import { runTool, type ToolResult } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'
import { findRust } from './find-rust.ts'
import { type RustCrate, writeCrate } from './generate.ts'
import { type RustGroup, readRustGroups } from './group.ts'
import { type CargoMessage, parseCargoMessages, readRustFaults, SOURCE_ROOT } from './read-faults.ts'

export const rustCompiler: Compiler<RustGroup> = {
  language: 'rust',
  title: 'Rust',
  findToolchain: findRust,
  readGroups: readRustGroups,
  findFaults,
  build
}

function findFaults({ modules }: RustGroup): ReadonlyMap<string, Fault> {
  const without = modules.filter(({ handlers }) => handlers.length === 0)
  return new Map(
    without.map(({ fn, privateHandler: found }) => [
      fn.name,
      found === undefined
        ? {
            code: 'TREEWAY_EXPORT_MISSING',
            message: 'There is no pub fn handler(event: Value) -> Value in it'
          }
        : {
            code: 'TREEWAY_EXPORT_MISSING',
            message: `fn ${found.name} is private: write pub fn`,
            line: found.line
          }
    ])
  )
}

async function build(
  functions: readonly WorkerFunction[],
  options: BuildOptions<RustGroup>
): Promise<BuildOutcome> {
  const modules = options.group.modules.filter(({ fn }) => functions.includes(fn))
  const crate = await writeCrate(modules, options)
  const built = await runCargo(crate, options)
  const messages = parseCargoMessages(built.stdout)
  const program = messages.find(
    ({ executable, target }) => executable && target?.name === crate.name
  )?.executable
  if (built.isOk && program) {
    await copyFile(program, join(options.folder, 'program'), constants.COPYFILE_FICLONE)
    return { kind: 'built' }
  }
  const output = toOutput(built, messages)
  const isOurs = messages.some(
    ({ message, target }) => message?.level === 'error' && target?.name === crate.name
  )
  // a dependency that can not be had, or that does not compile
  if (!isOurs) return { kind: 'install-failed', output }
  return {
    kind: 'faults',
    faults: readRustFaults(messages, { modules, crate, dir: options.context.dir }),
    output
  }
}

async function runCargo(
  crate: RustCrate,
  { toolchain, context }: BuildOptions<RustGroup>
): Promise<ToolResult> {
  const flags = ['--message-format=json', ...(context.isFrozen ? ['--offline'] : [])]
  // for this crate alone: flags for all would compile each dependency anew in each project
  const own = [`--remap-path-prefix=${context.dir}=${SOURCE_ROOT}`]
  return await runTool(toolchain.command, ['rustc', ...flags, '--', ...own], {
    cwd: crate.dir,
    env: toCargoEnv(context),
    signal: context.signal,
    onLine: (line) => {
      const [, step] = /^\s+((?:Downloading|Compiling) \S+.*)$/.exec(line) ?? []
      if (step !== undefined && !step.includes(crate.name)) context.onProgress(`rust: ${step}`)
    }
  })
}

/** The host's target folder where it names one: then several projects share compiled dependencies. */
function toCargoEnv({ hostEnv, stateDir }: PrepareContext): Readonly<Record<string, string | undefined>> {
  return { CARGO_TARGET_DIR: join(stateDir, 'rust', 'target'), ...hostEnv, CARGO_TERM_COLOR: 'never' }
}

/** For people: without the lines that are for programs. */
function toOutput({ output }: ToolResult, messages: readonly CargoMessage[]): string {
  const said = output
    .split('\n')
    .filter((line) => !line.startsWith('{') && !/^\s+(Compiling|Locking|Download)/.test(line))
  const rendered = messages.flatMap(({ message }) =>
    message?.level === 'error' ? [message.rendered ?? ''] : []
  )
  return [...rendered, ...said].join('\n').replaceAll(`${SOURCE_ROOT}/`, '')
}
