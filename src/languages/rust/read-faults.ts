import { isAbsolute, join, relative } from 'node:path'
import type { Fault } from '../compiled/compiler.ts'
import type { RustCrate } from './generate.ts'
import type { RustModule } from './source.ts'

/** Stands for the project's directory, so that a program built in one place runs in another. */
export const SOURCE_ROOT = '/treeway-source'

/** What cargo says of one step, in its JSON. */
export interface CargoMessage {
  readonly reason: string
  readonly executable?: string | null
  readonly target?: { readonly name: string }
  readonly message?: Diagnostic
}

interface Diagnostic {
  readonly level: string
  readonly message: string
  readonly rendered: string | null
  readonly spans: readonly Span[]
  readonly children?: readonly Diagnostic[]
}

interface Span {
  readonly file_name: string
  readonly line_start: number
  readonly column_start: number
  readonly is_primary: boolean
  readonly expansion: { readonly span: Span } | null
}

interface Complaint {
  /** Below the project's directory. */
  readonly source: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly message: string
  readonly text: string
}

export function parseCargoMessages(stdout: string): readonly CargoMessage[] {
  return stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as CargoMessage] : []))
}

export interface FaultOptions {
  readonly modules: readonly RustModule[]
  readonly crate: RustCrate
  /** The project's. */
  readonly dir: string
}

/** Whose fault it is, by the function's name: whoever has the file of the error as a module. */
export function readRustFaults(
  messages: readonly CargoMessage[],
  options: FaultOptions
): ReadonlyMap<string, Fault> {
  const complaints = new Map<RustModule, Complaint[]>()
  for (const { message, target } of messages) {
    if (message === undefined || target?.name !== options.crate.name || !message.level.startsWith('error'))
      continue
    const places = toPlaces(message, options)
    for (const one of options.modules) {
      const found = places.find((place) => isIn(one, place, options.crate))
      if (found === undefined) continue
      const { source, span } = found
      const isOwn = source !== undefined && one.files.has(source)
      const complaint: Complaint = {
        source: isOwn ? source : undefined,
        line: isOwn ? span.line_start : one.handlerLine,
        column: isOwn ? span.column_start : undefined,
        message: message.message,
        text: (message.rendered ?? message.message).replaceAll(`${SOURCE_ROOT}/`, '').trimEnd()
      }
      complaints.set(one, [...(complaints.get(one) ?? []), complaint])
    }
  }
  return new Map([...complaints].map(([one, list]) => [one.fn.name, toFault(one, list)]))
}

interface Place {
  readonly span: Span
  /** Below the project's directory; undefined in generated code. */
  readonly source: string | undefined
}

function isIn(one: RustModule, { span, source }: Place, crate: RustCrate): boolean {
  if (source !== undefined) return one.files.has(source)
  return span.file_name.endsWith('main.rs') && crate.functionOfLine.get(span.line_start) === one.fn.name
}

/** The place of the error, and where the macro was called that it is in. */
function toPlaces({ spans }: Diagnostic, options: FaultOptions): readonly Place[] {
  const chain = (span: Span): Span[] => [span, ...(span.expansion === null ? [] : chain(span.expansion.span))]
  const primary = spans.filter(({ is_primary: isPrimary }) => isPrimary)
  return primary.flatMap(chain).map((span) => ({ span, source: toSource(span, options) }))
}

function toSource({ file_name: file }: Span, { crate, dir }: FaultOptions): string | undefined {
  if (file.startsWith(`${SOURCE_ROOT}/`)) {
    const source = file.slice(SOURCE_ROOT.length + 1)
    return isGenerated(join(dir, source), crate) ? undefined : source
  }
  const path = isAbsolute(file) ? file : join(crate.dir, file)
  const source = relative(dir, path)
  return source.startsWith('..') || isGenerated(path, crate) ? undefined : source
}

function isGenerated(path: string, crate: RustCrate): boolean {
  return path.startsWith(join(crate.dir, 'src'))
}

function toFault({ fn, handlerLine }: RustModule, complaints: readonly Complaint[]): Fault {
  const frame = complaints.map(({ text }) => text).join('\n\n')
  const own = complaints.find(({ source }) => source === fn.name)
  if (own !== undefined) return toFaultAt(own, own.message, frame)
  const helper = complaints.find(({ source }) => source !== undefined)
  // the place of a problem is in its function's own file; a helper's is told in the message
  if (helper !== undefined) {
    const place = `${helper.source}:${helper.line}:${helper.column}`
    return { code: 'TREEWAY_COMPILE_FAILED', message: `${place}: ${helper.message}`, frame }
  }
  const [first] = complaints
  const isForm = first?.message.includes('Handler<') === true
  const message = isForm
    ? 'This is no form of a handler: it takes event: Value (and params: Value) and returns a Value, text, bytes or a stream'
    : (first?.message ?? '')
  return toFaultAt({ line: handlerLine, column: undefined }, message, frame)
}

function toFaultAt(
  { line, column }: Pick<Complaint, 'line' | 'column'>,
  message: string,
  frame: string
): Fault {
  return {
    code: 'TREEWAY_COMPILE_FAILED',
    message,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    frame
  }
}
