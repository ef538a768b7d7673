import { dirname, isAbsolute, resolve } from 'node:path'
import { readText } from '../compiled/content-hash.ts'

/** What a Cargo.toml asks for, as text of the same format. */
export interface Dependencies {
  /** The lines of `[dependencies]`. */
  readonly plain: string
  /** Other tables, with their heads: `[dependencies.x]`, `[target.….dependencies]`, `[patch.…]`. */
  readonly tables: string
  readonly edition: string
}

export const noDependencies: Dependencies = { plain: '', tables: '', edition: '2021' }

const TABLES = /^\[(?:dependencies\.|target\..*\bdependencies\b|patch\b)/

/**
 * The parts of a Cargo.toml that say what is needed. They are handed on as they are, only paths become absolute, so that
 * cargo and nobody else decides what they mean.
 */
export function readDependencies(file: string): Dependencies {
  const text = readText(file) ?? ''
  let plain = ''
  let tables = ''
  let head = ''
  for (const line of text.split('\n')) {
    if (/^\s*\[[^\]]/.test(line) && !/^\s*\[\s*["{]/.test(line)) head = line.trim()
    const absolute = line.replace(/\b(path\s*=\s*)"([^"]*)"/, (_, key: string, path: string) =>
      isAbsolute(path) ? `${key}"${path}"` : `${key}${JSON.stringify(resolve(dirname(file), path))}`
    )
    if (/^\[\s*dependencies\s*\]/.test(head)) plain += line.trim() === head ? '' : `${absolute}\n`
    else if (TABLES.test(head) && !/(dev|build)-dependencies/.test(head)) tables += `${absolute}\n`
  }
  const edition = /^\s*edition\s*=\s*"(\d{4})"/m.exec(text)?.[1] ?? '2021'
  return { plain: dropEmptyLines(plain), tables: dropEmptyLines(tables), edition }
}

function dropEmptyLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => `${line}\n`)
    .join('')
}

export interface ManifestOptions {
  readonly name: string
  /** Absolute folder of the worker's crate. */
  readonly workerFolder: string
}

/**
 * Dependencies are compiled once and optimised; the functions are compiled at each edit, so they are optimised as far as
 * that costs no time to speak of. Without debug information linking is three times faster, and panics still have their line.
 */
export function toManifest(dependencies: Dependencies, { name, workerFolder }: ManifestOptions): string {
  const { plain, tables, edition } = dependencies
  const hasJson = /^\s*serde_json\b/m.test(plain) || /\[dependencies\.serde_json\]/.test(tables)
  return `[package]
name = "${name}"
version = "0.0.0"
edition = "${edition}"
publish = false

[dependencies]
treeway-worker = { path = ${JSON.stringify(workerFolder)} }
${hasJson ? '' : 'serde_json = "1"\n'}${plain}
${tables}
[workspace]

[profile.dev]
opt-level = 1
debug = 0

[profile.dev.package."*"]
opt-level = 3
`
}
