import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface ToolOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Called with each line the tool writes. */
  readonly onLine?: (line: string) => void
}

export interface ToolResult {
  readonly isOk: boolean
  /** stdout and stderr in the order they came, the last 64 KiB. */
  readonly output: string
  readonly stdout: string
}

const KEPT_CHARACTERS = 64 * 1024

/** Runs a compiler or package manager to its end. Never throws: a tool that can not start is a result too. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions
): Promise<ToolResult> {
  const { cwd, env, signal } = options
  return await new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...env }, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    const onText = (text: string): void => {
      output = (output + text).slice(-KEPT_CHARACTERS)
      for (const line of text.split('\n')) if (line.trim() !== '') options.onLine?.(line)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      onText(text)
    })
    child.stderr.setEncoding('utf8').on('data', onText)
    child.on('error', (error) => resolve({ isOk: false, output: `${output}${error.message}\n`, stdout }))
    child.on('close', (code) => resolve({ isOk: code === 0, output, stdout }))
  })
}

/** Absolute path of the first of `names` on PATH. */
export function findCommand(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>
): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable)
    if (found !== undefined) return found
  }
  return undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The end of a tool's output, for a problem's `frame`. */
export function toTail(output: string, maxLines = 20): string {
  return output.trimEnd().split('\n').slice(-maxLines).join('\n')
}
