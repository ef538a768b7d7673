import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createProblem, TreewayError } from '../../errors.ts'
import { toShownName } from './source-file.ts'
import { printFrame, type Position } from './syntax-problem.ts'

/**
 * An import that leads nowhere. It carries Node's code, so that `try { require('x') } catch` of user code goes on
 * working.
 */
export class MissingModuleError extends Error {
  override readonly name = 'MissingModuleError'
  readonly code: 'MODULE_NOT_FOUND' | 'ERR_MODULE_NOT_FOUND'
  readonly importer: string
  readonly specifier: string

  constructor(specifier: string, importer: string, options: { dynamic?: boolean; cause?: unknown }) {
    super(`Cannot find '${specifier}', imported by ${importer}`, { cause: options.cause })
    this.code = options.dynamic ? 'ERR_MODULE_NOT_FOUND' : 'MODULE_NOT_FOUND'
    this.importer = importer
    this.specifier = specifier
  }
}

/** What `load(file)` rejects with: whatever was thrown, as an error with a code, a place and a piece of source. */
export function toLoadError(error: unknown, file: string, dir: string): TreewayError {
  if (error instanceof TreewayError) return error
  if (error instanceof MissingModuleError) return toMissingError(error, dir)
  const name = toShownName(file, dir)
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const place = error instanceof Error ? findPlace(error, dir) : undefined
  const at = place ? ` (${toShownName(place.file, dir)}:${place.line}:${place.column})` : ''
  return createLoadError(`${name} failed while it was loaded: ${reason}${at}`, place ?? { file }, {
    dir,
    cause: error
  })
}

function toMissingError(error: MissingModuleError, dir: string): TreewayError {
  const { importer, specifier } = error
  const position = findSpecifier(importer, specifier)
  const name = toShownName(importer, dir)
  const at = position ? `${name}:${position.line}` : name
  return createLoadError(
    `${at} imports '${specifier}': ${toMissingReason(specifier)}`,
    { file: importer, ...position },
    { dir, cause: error }
  )
}

function toMissingReason(specifier: string): string {
  if (/^[./]/.test(specifier)) return 'there is no such file'
  if (/^(?:cloudflare|assets):/.test(specifier)) return 'only Cloudflare has that (docs/pages.md)'
  return 'there is no such package here; is it installed?'
}

interface Place extends Partial<Position> {
  readonly file: string
}

function createLoadError(
  message: string,
  place: Place,
  { dir, cause }: { dir: string; cause: unknown }
): TreewayError {
  const { line, column } = place
  const frame =
    line !== undefined && column !== undefined ? readFrame(place.file, { line, column }) : undefined
  const problem = createProblem('TREEWAY_LOAD_FAILED', message, {
    file: toShownName(place.file, dir),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(frame !== undefined && { frame })
  })
  return new TreewayError('TREEWAY_LOAD_FAILED', message, { cause, problems: [problem] })
}

/** The topmost line of the stack that is in the project's own code. */
function findPlace(error: Error, dir: string): (Position & { file: string }) | undefined {
  for (const [, written = '', line, column] of String(error.stack).matchAll(
    /(?:at |\()([^()\n]+):(\d+):(\d+)\)?$/gm
  )) {
    const file = written.startsWith('file:') ? toPath(written) : written
    if (file.startsWith(dir) && !file.includes('node_modules'))
      return { file, line: Number(line), column: Number(column) }
  }
  return undefined
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}

function findSpecifier(file: string, specifier: string): Position | undefined {
  const lines = readSource(file).split('\n')
  const quoted = [`'${specifier}'`, `"${specifier}"`, `\`${specifier}\``]
  const index = lines.findIndex((line) => quoted.some((text) => line.includes(text)))
  if (index < 0) return undefined
  return { line: index + 1, column: Math.max(...quoted.map((text) => lines[index]?.indexOf(text) ?? -1)) + 1 }
}

function readFrame(file: string, position: Position): string | undefined {
  const source = readSource(file)
  return source === '' ? undefined : printFrame(source, position)
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
