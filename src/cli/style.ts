import { styleText } from 'node:util'
import type { Environment } from '../config/config.ts'

/** Colours for a terminal, or nothing for a file, a pipe and whoever set NO_COLOR. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

export function createStyle(hasColor: boolean): Style {
  const toPainter = (name: keyof Style) => (text: string) =>
    hasColor ? styleText(name, text, { validateStream: false }) : text
  return {
    bold: toPainter('bold'),
    dim: toPainter('dim'),
    red: toPainter('red'),
    green: toPainter('green'),
    yellow: toPainter('yellow'),
    cyan: toPainter('cyan')
  }
}

/** https://no-color.org: set and not empty means none. FORCE_COLOR is for terminals that are not seen as one. */
export function hasColor(environment: Environment, isTerminal: boolean): boolean {
  if (environment['NO_COLOR']) return false
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0'
  return isTerminal && environment['TERM'] !== 'dumb'
}
