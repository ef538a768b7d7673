import { optionNames, toDeclaration, toFlagName, toVariableName } from './options.ts'
import type { OptionName } from './options.ts'

/** The table of options in docs/configuration.md, from the declarations; a test holds the two together. */
export function toOptionsTable(): string {
  const head = [
    '| key | value | default | flag | variable | what it does |',
    '| --- | --- | --- | --- | --- | --- |'
  ]
  return [...head, ...optionNames.map(toRow)].join('\n')
}

/** What a flag says in the help, default included. */
export function toFlagHelp(name: OptionName): string {
  const { description, default: fallback, type } = toDeclaration(name)
  const isPlain = type.isSwitch !== true && (typeof fallback === 'string' || typeof fallback === 'number')
  return isPlain ? `${description} (default: ${fallback})` : description
}

/** `--port <port>`, or nothing where the option has no flag. */
export function toFlagUsage(name: OptionName): string | undefined {
  const { placeholder } = toDeclaration(name)
  return placeholder === undefined ? undefined : `--${toFlagName(name)} ${placeholder}`.trim()
}

function toRow(name: OptionName): string {
  const { type, default: fallback, description, isFileOnly } = toDeclaration(name)
  const usage = toFlagUsage(name)
  const flag = usage === undefined ? '' : `\`${usage}\``
  const variable = isFileOnly ? '' : `\`${toVariableName(name)}\``
  return `| \`${name}\` | ${type.words} | \`${JSON.stringify(fallback)}\` | ${flag} | ${variable} | ${description} |`
}
