import { readFileSync } from 'node:fs'
import { ProcessEnvironment } from '../config/environment.ts'
import { isPlainObject } from '../config/value-type.ts'
import { createStyle, hasColor } from './style.ts'
import type { Style } from './style.ts'

/** Everything a command may touch of the world around it. */
export interface CliContext {
  /** What was asked for: listings and `--json`. */
  readonly out: Output
  /** Everything else: banner, log, problems. So that stdout can be piped. */
  readonly log: Output
  /** Absolute. */
  readonly cwd: string
  readonly environment: ProcessEnvironment
  readonly version: string
  /** A question, where somebody sits at the terminal; else undefined. */
  readonly ask?: (question: string) => Promise<string>
}

export interface Output {
  readonly style: Style
  /** Columns of the terminal; absent where it is none. */
  readonly columns?: number
  readonly print: (text: string) => void
}

/** The context of this process. */
export function createCliContext(): CliContext {
  const environment = new ProcessEnvironment()
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    out: createOutput(process.stdout, environment),
    log: createOutput(process.stderr, environment),
    cwd: process.cwd(),
    environment,
    version: readVersion(),
    ...(isInteractive && { ask })
  }
}

function createOutput(stream: NodeJS.WriteStream, environment: ProcessEnvironment): Output {
  // Whoever reads may go before the end (`treeway routes | head`): that is no failure.
  stream.on('error', () => undefined)
  return {
    style: createStyle(hasColor(environment.read(), stream.isTTY === true)),
    ...(stream.isTTY && { columns: stream.columns }),
    print: (text) => void stream.write(`${text}\n`)
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return isPlainObject(manifest) ? String(manifest['version']) : 'unknown'
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await prompt.question(question)
  } finally {
    prompt.close()
  }
}
