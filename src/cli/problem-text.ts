import { toDefinition } from '../errors.ts'
import type { Problem, TreewayError } from '../errors.ts'
import type { Style } from './style.ts'

/** A problem as a terminal shows it: code and title, what and where, the line with a caret, what to do. */
export function toProblemText(problem: Problem, style: Style): string {
  const word = problem.severity === 'error' ? style.red('error') : style.yellow('warning')
  return toText({ word, ...problem }, style)
}

/** All problems, errors last, so that they are what one sees; then how many there are. */
export function toProblemsText(problems: readonly Problem[], style: Style): string {
  const blocks = sortBySeverity(problems).map((problem) => toProblemText(problem, style))
  return [...blocks, toCountText(problems)].join('\n\n')
}

const FEW = 10

/** The gravest few, where the list is not what was asked for. */
export function toFewProblemsText(problems: readonly Problem[], style: Style): string {
  if (problems.length <= FEW) return toProblemsText(problems, style)
  const blocks = sortBySeverity(problems)
    .slice(-FEW)
    .map((problem) => toProblemText(problem, style))
  const more = `${toCountText(problems)}, of which ${FEW} are shown: \`treeway check\` shows all.`
  return [...blocks, more].join('\n\n')
}

function sortBySeverity(problems: readonly Problem[]): Problem[] {
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  return [...warnings, ...problems.filter(({ severity }) => severity === 'error')]
}

/** `2 errors, 1 warning`. */
export function toCountText(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [
    ...(errors > 0 || warnings === 0 ? [toCount(errors, 'error')] : []),
    ...(warnings > 0 ? [toCount(warnings, 'warning')] : [])
  ]
  return parts.join(', ')
}

/** An error that ended a command, and the problems that are its reason. */
export function toErrorText(error: TreewayError, style: Style): string {
  const { code, message, fix, problems } = error
  const word = style.red('error')
  if (problems.length === 0) return toText({ word, code, message, fix }, style)
  // The rest of the message is the list that the problems say better.
  const [headline = ''] = message.split('\n')
  const text = toText({ word, code, message: headline.replace(/:$/, '.'), fix }, style)
  return `${toFewProblemsText(problems, style)}\n\n${text}`
}

/** `1 error`, `2 errors`. */
export function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

interface Shown extends Omit<Problem, 'severity'> {
  readonly word: string
}

function toText(shown: Shown, style: Style): string {
  const place = toPlaceText(shown)
  const lines = [
    `${shown.word} ${style.bold(shown.code)}: ${toDefinition(shown.code).title}`,
    ...indent(shown.message),
    ...(place === undefined ? [] : [`  ${style.cyan(place)}`]),
    ...(shown.frame === undefined ? [] : ['', ...indent(shown.frame, '    '), '']),
    `  ${style.bold('Try:')} ${shown.fix}`
  ]
  return lines.join('\n')
}

function toPlaceText({ file, line, column }: Shown): string | undefined {
  if (file === undefined) return undefined
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':')
}

function indent(text: string, by = '  '): string[] {
  return text.split('\n').map((line) => `${by}${line}`)
}
