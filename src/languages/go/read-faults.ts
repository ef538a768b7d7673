import type { Fault } from '../compiled/compiler.ts'
import { type GoPackage, SOURCE_ROOT } from './source.ts'

interface Complaint {
  readonly source: string
  readonly line: number
  readonly column: number | undefined
  readonly message: string
  /** With the project's own path again, and what follows on indented lines. */
  readonly text: string
}

/**
 * Whose fault it is, by the function's name. `# module/treeway_f_x` heads what the compiler says of one package; what is said
 * while imports are looked up has no head, and is known by its file.
 */
export function readGoFaults(output: string, packages: readonly GoPackage[]): ReadonlyMap<string, Fault> {
  const complaints = new Map<GoPackage, Complaint[]>()
  let headed: GoPackage | undefined
  for (const line of output.split('\n')) {
    if (line.startsWith('# ')) {
      headed = packages.find(({ name }) => line.endsWith(`/${name}`))
      continue
    }
    const complaint = toComplaint(line)
    if (complaint === undefined) continue
    const isFrom = ({ files }: GoPackage): boolean => files.some(({ source }) => source === complaint.source)
    const blamed = headed === undefined ? packages.filter(isFrom) : [headed]
    for (const one of blamed) complaints.set(one, [...(complaints.get(one) ?? []), complaint])
  }
  return new Map([...complaints].map(([one, list]) => [one.fn.name, toFault(one, list)]))
}

function toComplaint(line: string): Complaint | undefined {
  const at = line.indexOf(SOURCE_ROOT)
  if (at === -1) return undefined
  const text = line.slice(at + SOURCE_ROOT.length)
  const [, source, row, column, message] = /^(.+?\.go):(\d+)(?::(\d+))?: (.*)$/.exec(text) ?? []
  if (source === undefined || message === undefined) return undefined
  return {
    source,
    line: Number(row),
    column: column === undefined ? undefined : Number(column),
    message,
    text
  }
}

function toFault({ fn }: GoPackage, complaints: readonly Complaint[]): Fault {
  const frame = complaints.map(({ text }) => text).join('\n')
  const first = complaints.find(({ source }) => source === fn.name) ?? complaints[0]
  if (first === undefined) return { code: 'TREEWAY_COMPILE_FAILED', message: 'It does not compile', frame }
  // the place of a problem is in its function's own file; a helper's is told in the message
  if (first.source !== fn.name) return { code: 'TREEWAY_COMPILE_FAILED', message: first.text, frame }
  const { message, line, column } = first
  return { code: 'TREEWAY_COMPILE_FAILED', message, line, ...(column !== undefined && { column }), frame }
}
