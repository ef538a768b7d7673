import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './config.ts'

/** What dev reads, later files first: the first that has a name gives its value. */
const DOT_ENV_FILES = ['.env.local', '.env'] as const

export interface DotEnv {
  /** The process' own variables and what the files add; the process' own win. */
  readonly environment: Environment
  /** Files that were read, below `dir`. */
  readonly files: readonly string[]
}

/** The one owner of `process.env`. Keeps what was there at first, so that a changed `.env` counts when it is read again. */
export class ProcessEnvironment {
  readonly #initial: Environment
  readonly #target: Record<string, string | undefined>
  #written: readonly string[] = []

  constructor(target: Record<string, string | undefined> = process.env) {
    this.#target = target
    this.#initial = { ...target }
  }

  /** The variables as the process got them. */
  read(): Environment {
    return this.#initial
  }

  /** Reads `.env` of the directory and gives it to `process.env` too, where handlers look for it. */
  readDotEnv(dir: string): DotEnv {
    const files: string[] = []
    let fromFiles: Environment = {}
    for (const file of DOT_ENV_FILES) {
      const text = readOptional(join(dir, file))
      if (text === undefined) continue
      files.push(file)
      fromFiles = { ...parseEnv(text), ...fromFiles }
    }
    this.#write(fromFiles)
    return { environment: { ...fromFiles, ...this.#initial }, files }
  }

  #write(fromFiles: Environment): void {
    for (const name of this.#written) delete this.#target[name]
    this.#written = Object.keys(fromFiles).filter((name) => !(name in this.#target))
    for (const name of this.#written) this.#target[name] = fromFiles[name]
  }
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
