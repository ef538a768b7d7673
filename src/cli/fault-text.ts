import type { LogLine } from '../dev/dev-logger.ts'
import type { ShownFault } from '../dev/error-page/describe-fault.ts'
import type { SourceFrame } from '../dev/error-page/read-source-frame.ts'
import type { Style } from './style.ts'

/** A fault of a handler as a terminal shows it: what, where, the source there, the calls of the project's own code. */
export function toFaultText(fault: ShownFault, style: Style): string {
  const { title, code, message, place, frame, words, fix, calls, causes } = fault
  const [first = '', ...rest] = toPrintableLines(message)
  const name = code === undefined ? title : `${code}: ${title}`
  const own = calls.filter((call) => call.kind === 'project').slice(1)
  const lines = [
    `${style.red('error')} ${style.bold(toPrintable(name))}${code === undefined ? `: ${first}` : ''}`,
    ...(code === undefined ? rest : [first, ...rest]).map((line) => `  ${line}`),
    ...(place === undefined ? [] : [`  ${style.cyan(toPrintable(place))}`]),
    ...(frame ? ['', ...toFrameLines(frame, style), ''] : []),
    ...(words === undefined ? [] : ['', ...toPrintableLines(words).map((line) => `    ${line}`), '']),
    ...own.map((call) =>
      style.dim(
        `  at ${toPrintable(`${call.functionName ?? ''} ${call.name}`).trim()}:${call.line}:${call.column}`
      )
    ),
    ...(fix === undefined ? [] : [`  ${style.bold('Try:')} ${fix}`]),
    ...causes.map((cause) => `because of ${toFaultText(cause, style)}`)
  ]
  return lines.join('\n')
}

/** One line that a handler logged, and its other values. */
export function toLogText({ level, message, stack, fields }: LogLine, style: Style): string {
  const values = Object.keys(fields).length === 0 ? '' : style.dim(` ${toPrintable(JSON.stringify(fields))}`)
  const paint = {
    trace: style.dim,
    debug: style.dim,
    info: style.cyan,
    warn: style.yellow,
    error: style.red,
    fatal: style.red
  }
  const head = `${paint[level](level)} ${toPrintableLines(message).join('\n  ')}${values}`
  return stack === undefined
    ? head
    : [head, ...toPrintableLines(stack).map((line) => style.dim(`  ${line}`))].join('\n')
}

function toFrameLines({ lines, line, column }: SourceFrame, style: Style): string[] {
  const width = String(lines.at(-1)?.number ?? line).length
  return lines.flatMap(({ number, text }) => {
    const row = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${toPrintable(text)}`
    if (number !== line) return [`    ${style.dim(row)}`]
    if (column === undefined) return [`    ${row}`]
    const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
    return [`    ${row}`, `    ${' '.repeat(width + 2)} | ${indent.padEnd(column - 1)}${style.red('^')}`]
  })
}

function toPrintableLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map(toPrintable)
}

/** What a handler says may come from a request: it must not steer the terminal. Tabs stay. */
function toPrintable(text: string): string {
  return text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd')
}
