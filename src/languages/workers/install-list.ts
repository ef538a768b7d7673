import { createProblem, type Problem } from '../../errors.ts'
import { installOnce, isInstalled, noteUse } from './install-once.ts'
import { toTail, type ToolResult } from './run-tool.ts'
import type { PrepareContext } from './spec.ts'

/** A list of dependencies and where it goes. */
export interface InstallTarget {
  /** Path of the list below the project's directory. */
  readonly name: string
  /** Absolute; its name has the hash of all that decides what is installed. */
  readonly folder: string
}

export type InstallContext = Pick<PrepareContext, 'isFrozen' | 'onProgress' | 'signal'>

/** Installs a list once, whoever asks. Undefined when it is there, or the problem (its `file` is the list's). */
export async function installList(
  { name, folder }: InstallTarget,
  context: InstallContext,
  fill: () => Promise<ToolResult>
): Promise<Problem | undefined> {
  if (context.isFrozen && !(await isInstalled(folder)))
    return createProblem('TREEWAY_INSTALL_FROZEN', `${name} is not installed`, { file: name })
  let output = ''
  const fillFolder = async (): Promise<boolean> => {
    const result = await fill()
    output = result.output
    return result.isOk
  }
  while (await installOnce(folder, fillFolder, context.signal)) {
    if (!(await noteUse(folder))) continue
    keepUsed(folder, context.signal)
    return undefined
  }
  return createProblem('TREEWAY_INSTALL_FAILED', `${name} can not be installed`, {
    file: name,
    frame: toTail(output)
  })
}

const NOTE_MS = 3_600_000

/** Whoever runs for months needs it all the time. No listener for each list: Node warns of more than ten. */
function keepUsed(folder: string, signal: AbortSignal): void {
  if (signal.aborted) return
  const timer = setInterval(() => {
    if (signal.aborted) clearInterval(timer)
    else void noteUse(folder)
  }, NOTE_MS).unref()
}

export interface InstallStep {
  readonly language: string
  readonly name: string
  readonly tool: string
}

/** Says when the tool begins and how it ended. */
export async function runInstall(
  { language, name, tool }: InstallStep,
  { onProgress }: Pick<InstallContext, 'onProgress'>,
  run: () => Promise<ToolResult>
): Promise<ToolResult> {
  const began = performance.now()
  onProgress(`${language}: installing ${name} with ${tool}`)
  const result = await run()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  onProgress(`${language}: ${result.isOk ? 'installed' : 'could not install'} ${name} (${seconds} s)`)
  return result
}

/** What stands for a tool's result where it could not be run. */
export function toFailedResult(output: string): ToolResult {
  return { isOk: false, output, stdout: '' }
}
