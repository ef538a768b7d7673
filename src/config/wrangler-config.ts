import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { isPlainObject } from './value-type.ts'

/** Cloudflare's own order: the first that exists counts. */
export const wranglerFileNames = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'] as const

/** What a Pages project says in Cloudflare's configuration, as far as it means something here. */
export interface WranglerConfig {
  /** Files that were read. */
  readonly files: readonly string[]
  /** `pages_build_output_dir`: the static files. */
  readonly publicDir?: string
  /** `vars`: values of any kind for `context.env`. */
  readonly vars: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
}

const NOTHING: WranglerConfig = { files: [], vars: {}, problems: [] }

/**
 * Reads `wrangler.*` of a Pages project's directory. One without `pages_build_output_dir` is a Worker's, and says nothing
 * of this project. Never throws for what is in it.
 */
export async function readWranglerConfig(dir: string): Promise<WranglerConfig> {
  for (const file of wranglerFileNames) {
    const text = await readText(join(dir, file))
    if (text === undefined) continue
    try {
      return toWranglerConfig(file, await parse(file, text))
    } catch (error) {
      return { ...NOTHING, files: [file], problems: [toSyntaxProblem(file, error)] }
    }
  }
  return NOTHING
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

async function parse(file: string, text: string): Promise<unknown> {
  if (!file.endsWith('.toml')) return JSON.parse(toPlainJson(text))
  // Few projects have one: its parser is loaded for those.
  const { parse: parseToml } = await import('smol-toml')
  return parseToml(text)
}

/** Text, comments, and commas before a closing bracket. */
const JSONC_TOKEN =
  /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[}\]])/g

function toPlainJson(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(JSONC_TOKEN, (token) => (token.startsWith('"') ? token : ' '))
}

function toWranglerConfig(file: string, value: unknown): WranglerConfig {
  if (!isPlainObject(value)) return NOTHING
  const { pages_build_output_dir: publicDir, vars } = value
  if (typeof publicDir !== 'string' || publicDir === '') return NOTHING
  const folder = publicDir.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
  return { files: [file], publicDir: folder || '.', vars: isPlainObject(vars) ? vars : {}, problems: [] }
}

function toSyntaxProblem(file: string, error: unknown): Problem {
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return createProblem('TREEWAY_CONFIG_INVALID', `${file} can not be read: ${reason}.`, {
    severity: 'warning',
    file,
    fix: 'Correct it, or say its options in treeway.config.ts.'
  })
}
