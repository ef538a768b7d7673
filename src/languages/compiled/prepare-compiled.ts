import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProblem, type Problem } from '../../errors.ts'
import type { WorkerFunction } from '../language.ts'
import { installOnce } from '../workers/install-once.ts'
import { toTail } from '../workers/run-tool.ts'
import type { Preparation, PrepareContext, WorkerProgram } from '../workers/spec.ts'
import { buildSound, type SoundBuild } from './build-sound.ts'
import type { Compiler, Fault, SourceGroup, Toolchain } from './compiler.ts'
import { removeOldPrograms } from './remove-old-programs.ts'

/** One compiled program for each group of functions; a file that does not compile breaks its own route only. */
export async function prepareCompiled<Group extends SourceGroup>(
  compiler: Compiler<Group>,
  functions: readonly WorkerFunction[],
  context: PrepareContext
): Promise<Preparation> {
  if (functions.length === 0) return { problems: [], programs: new Map() }
  const toolchain = await compiler.findToolchain(context)
  const problems: Problem[] = []
  const programs = new Map<string, WorkerProgram>()
  const used = new Set<string>()
  for (const group of compiler.readGroups(functions, context)) {
    const made = await prepareGroup({ compiler, group, toolchain, context })
    if (made.folderName !== undefined) used.add(made.folderName)
    problems.push(...made.problems)
    const broken = new Set(made.problems.map(({ file }) => file))
    const { program } = made
    if (program === undefined) continue
    for (const { file, name } of group.functions) if (!broken.has(name)) programs.set(file, program)
  }
  await removeOldPrograms(join(context.stateDir, compiler.language), used)
  return { problems: 'code' in toolchain ? toFewer(problems, toolchain) : problems, programs }
}

interface GroupOptions<Group extends SourceGroup> {
  readonly compiler: Compiler<Group>
  readonly group: Group
  readonly toolchain: Toolchain | Problem
  readonly context: PrepareContext
}

interface PreparedGroup {
  readonly problems: readonly Problem[]
  readonly folderName: string | undefined
  readonly program: WorkerProgram | undefined
}

async function prepareGroup<Group extends SourceGroup>(options: GroupOptions<Group>): Promise<PreparedGroup> {
  const { compiler, group, toolchain, context } = options
  const parent = join(context.stateDir, compiler.language)
  if ('code' in toolchain) {
    // a tree that was built elsewhere runs where no compiler is
    const known = findFolder(parent, `${group.hash}-`)
    return known === undefined ? toFailed([toolchain]) : readFolder(parent, known, options)
  }
  const folderName = `${group.hash}-${toolchain.version.replaceAll(/[^\w.-]/g, '_')}`
  let failure: Problem | undefined
  const fill = async (): Promise<boolean> => {
    const build = await buildWithProgress(join(parent, folderName), { compiler, group, toolchain, context })
    failure = toGroupProblem(build, options)
    return failure === undefined
  }
  if (await installOnce(join(parent, folderName), fill, context.signal))
    return readFolder(parent, folderName, options)
  return toFailed(
    group.functions.map(({ name }) => ({
      ...(failure ?? createProblem('TREEWAY_COMPILE_FAILED', 'The compiler was stopped')),
      file: name
    }))
  )
}

function toFailed(problems: readonly Problem[]): PreparedGroup {
  return { problems, folderName: undefined, program: undefined }
}

async function buildWithProgress<Group extends SourceGroup>(
  folder: string,
  options: GroupOptions<Group> & { readonly toolchain: Toolchain }
): Promise<SoundBuild> {
  const { compiler, group, context } = options
  const count = `${group.functions.length} function${group.functions.length === 1 ? '' : 's'}`
  const began = performance.now()
  context.onProgress(`${compiler.language}: compiling ${count}`)
  const build = await buildSound(compiler, { ...options, folder })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const what = build.kind === 'done' ? 'compiled' : 'could not compile'
  context.onProgress(`${compiler.language}: ${what} ${count} (${seconds} s)`)
  return build
}

/** What keeps the whole group from running. */
function toGroupProblem<Group extends SourceGroup>(
  build: SoundBuild,
  { compiler, group, context }: GroupOptions<Group>
): Problem | undefined {
  if (build.kind === 'done') return undefined
  const frame = toTail(build.output)
  const list = group.dependencyList ?? `what ${compiler.title} functions need`
  if (build.kind === 'compile-failed') {
    return createProblem('TREEWAY_COMPILE_FAILED', `${compiler.title} can not compile it`, { frame })
  }
  return context.isFrozen
    ? createProblem('TREEWAY_INSTALL_FROZEN', `${list} is not installed`, { frame })
    : createProblem('TREEWAY_INSTALL_FAILED', `${list} can not be installed`, { frame })
}

function readFolder<Group extends SourceGroup>(
  parent: string,
  folderName: string,
  { group }: GroupOptions<Group>
): PreparedGroup {
  const folder = join(parent, folderName)
  const { faults } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
    faults: Readonly<Record<string, Fault>>
  }
  const problems = group.functions.flatMap(({ name }) => {
    const fault = faults[name]
    return fault === undefined ? [] : [toProblem(name, fault)]
  })
  const program = { key: folderName, command: join(folder, 'program'), args: [] }
  return { problems, folderName, program: problems.length < group.functions.length ? program : undefined }
}

function toProblem(name: string, { code, message, ...place }: Fault): Problem {
  return createProblem(code, message, { file: name, ...place })
}

/** A missing toolchain is one problem, not one for each group. */
function toFewer(problems: readonly Problem[], missing: Problem): readonly Problem[] {
  const others = problems.filter((problem) => problem !== missing)
  return others.length === problems.length ? others : [missing, ...others]
}

function findFolder(parent: string, prefix: string): string | undefined {
  try {
    const names = readdirSync(parent).filter((name) => name.startsWith(prefix))
    return names.find((name) => readdirSync(join(parent, name)).includes('.complete'))
  } catch {
    return undefined
  }
}
