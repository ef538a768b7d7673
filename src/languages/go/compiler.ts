import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildOptions, BuildOutcome, Compiler, Fault } from '../compiled/compiler.ts'
import type { WorkerFunction } from '../language.ts'
import { toWorkerEnv } from '../workers/environment.ts'
import { runTool, type ToolResult } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'
import { findGo } from './find-go.ts'
import { type GoModule, MAIN, writeModule } from './generate.ts'
import { type GoGroup, readGoGroups } from './group.ts'
import { readGoFaults } from './read-faults.ts'
import type { GoPackage } from './source.ts'

export const goCompiler: Compiler<GoGroup> = {
  language: 'go',
  title: 'Go',
  findToolchain: findGo,
  readGroups: readGoGroups,
  findFaults,
  build
}

function findFaults({ packages }: GoGroup): ReadonlyMap<string, Fault> {
  const without = packages.filter(({ handlers }) => handlers.length === 0)
  const fault: Fault = {
    code: 'TREEWAY_EXPORT_MISSING',
    message: 'There is no func handler(event map[string]interface{}) interface{} in it'
  }
  return new Map(without.map(({ fn }) => [fn.name, fault]))
}

async function build(
  functions: readonly WorkerFunction[],
  options: BuildOptions<GoGroup>
): Promise<BuildOutcome> {
  const { group, folder, toolchain } = options
  const packages = group.packages.filter(({ fn }) => functions.includes(fn))
  const [, languageVersion = '1.19'] = /^(\d+\.\d+)/.exec(toolchain.version) ?? []
  const module = await writeModule(group, packages, { folder, languageVersion })
  if (group.goMod !== undefined) {
    const downloaded = await runGo(['mod', 'download', '-modfile', module.goMod], module, options)
    if (!downloaded.isOk) return { kind: 'install-failed', output: downloaded.output }
  }
  const built = await compile(module, options)
  if (built.isOk) return await check(packages, options)
  if (isInstallFailure(built.output)) return { kind: 'install-failed', output: built.output }
  return { kind: 'faults', faults: readGoFaults(built.output, packages), output: built.output }
}

async function compile(module: GoModule, options: BuildOptions<GoGroup>): Promise<ToolResult> {
  const build = async (mode: string): Promise<ToolResult> => {
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', `-mod=${mode}`]
    const files = [
      '-modfile',
      module.goMod,
      '-overlay',
      module.overlay,
      '-o',
      join(options.folder, 'program')
    ]
    return await runGo(['build', ...flags, ...files, `./${MAIN}`], module, options)
  }
  const built = await build('readonly')
  // a go.mod that was written by hand lacks what its requirements require
  const isIncomplete = /updates to go\.mod needed|missing go\.sum entry/.test(built.output)
  return isIncomplete && !options.context.isFrozen ? await build('mod') : built
}

/** An init function that panics would take all neighbours with it at each start: better to know now. */
async function check(
  packages: readonly GoPackage[],
  { folder, context }: BuildOptions<GoGroup>
): Promise<BuildOutcome> {
  const { dir, hostEnv, signal } = context
  const { isOk, output } = await runTool(join(folder, 'program'), ['check'], {
    cwd: dir,
    env: toWorkerEnv(hostEnv),
    signal
  })
  if (isOk) return { kind: 'built' }
  const blamed = packages.find(({ name }) => output.includes(`/${name}.`))
  const fault: Fault = {
    code: 'TREEWAY_LOAD_FAILED',
    message: output.split('\n').find((line) => line.trim() !== '') ?? 'The program does not start',
    frame: output.trimEnd()
  }
  return { kind: 'faults', faults: new Map(blamed === undefined ? [] : [[blamed.fn.name, fault]]), output }
}

async function runGo(
  args: readonly string[],
  module: GoModule,
  { toolchain, context }: BuildOptions<GoGroup>
): Promise<ToolResult> {
  const { onProgress, signal } = context
  await mkdir(join(context.stateDir, 'go'), { recursive: true })
  return await runTool(toolchain.command, args, {
    cwd: module.dir,
    env: toGoEnv(context),
    signal,
    onLine: (line) => {
      if (line.startsWith('go: downloading ')) onProgress(line)
    }
  })
}

/** The user's own caches where there are any: the standard library is compiled once for all projects. */
function toGoEnv({
  hostEnv,
  stateDir,
  isFrozen
}: PrepareContext): Readonly<Record<string, string | undefined>> {
  const cache = join(stateDir, 'go', 'cache')
  const hasHome = hostEnv['HOME'] !== undefined
  return {
    ...(hasHome ? {} : { GOCACHE: join(cache, 'build'), GOPATH: join(cache, 'path') }),
    ...hostEnv,
    GOWORK: 'off',
    GOFLAGS: toFlags(hostEnv['GOFLAGS']),
    ...(isFrozen && { GOPROXY: 'off', GOTOOLCHAIN: 'local' })
  }
}

/** `-mod` is ours to say; the rest of what the user set stays. */
function toFlags(flags = ''): string {
  return flags
    .split(/\s+/)
    .filter((flag) => !/^--?mod(file)?=/.test(flag))
    .join(' ')
}

function isInstallFailure(output: string): boolean {
  return /dial tcp|no such host|module lookup disabled|404 Not Found|410 Gone|unrecognized import path/.test(
    output
  )
}
