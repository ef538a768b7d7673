import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkerFunction } from '../language.ts'
import { toTail } from '../workers/run-tool.ts'
import type { BuildOptions, BuildOutcome, Compiler, Fault, SourceGroup } from './compiler.ts'

export type SoundBuild =
  | { readonly kind: 'done' }
  | { readonly kind: 'install-failed' | 'compile-failed'; readonly output: string }

/**
 * Compiles all functions together; those whose fault it is that this fails are left out, and the rest is compiled again.
 * A compiler does not say everything at once (types are checked only where all files parse), so there are rounds. Writes
 * `<folder>/result.json`.
 */
export async function buildSound<Group extends SourceGroup>(
  compiler: Compiler<Group>,
  options: BuildOptions<Group>
): Promise<SoundBuild> {
  const { group, folder, context } = options
  await mkdir(folder, { recursive: true })
  const faults = new Map(compiler.findFaults(group))
  let sound = group.functions.filter(({ name }) => !faults.has(name))
  while (sound.length > 0) {
    const outcome = await compiler.build(sound, options)
    if (context.signal.aborted) return { kind: 'compile-failed', output: 'stopped' }
    if (outcome.kind === 'built') break
    if (outcome.kind === 'install-failed') return outcome
    const found =
      outcome.faults.size > 0 ? outcome.faults : await findBySingleBuilds(compiler, sound, options)
    if (found.size === 0) return { kind: 'compile-failed', output: outcome.output }
    for (const [name, fault] of found) faults.set(name, fault)
    sound = sound.filter(({ name }) => !faults.has(name))
  }
  await writeFile(join(folder, 'result.json'), JSON.stringify({ faults: Object.fromEntries(faults) }))
  return { kind: 'done' }
}

/** Where the compiler's words can not be laid at a function's door, each is compiled alone. */
async function findBySingleBuilds<Group extends SourceGroup>(
  compiler: Compiler<Group>,
  functions: readonly WorkerFunction[],
  options: BuildOptions<Group>
): Promise<ReadonlyMap<string, Fault>> {
  const faults = new Map<string, Fault>()
  for (const fn of functions) {
    const outcome = await compiler.build([fn], options)
    if (outcome.kind === 'faults') faults.set(fn.name, outcome.faults.get(fn.name) ?? toUnplaced(outcome))
  }
  return faults
}

function toUnplaced({ output }: Extract<BuildOutcome, { kind: 'faults' }>): Fault {
  const frame = toTail(output)
  return { code: 'TREEWAY_COMPILE_FAILED', message: frame.split('\n')[0] ?? '', frame }
}
