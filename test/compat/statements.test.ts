import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { Case } from '../conformance/case.ts'

interface StatementCase extends Case {
  readonly source: string
  readonly statement: string
  readonly beyond?: boolean
}

const source = new URL('../conformance/cases/fastify-gadget.json', import.meta.url)
const pages = [
  ['fastify-v1-page', "Fastify's Routes page, version 1"],
  ['fastify-v4-page', "Fastify's Routes page, versions 3 and 4"],
  ['gadget-page', "Gadget's HTTP routes page"]
] as const

// vitest -u writes the page anew
it('docs/fastify-statements.md lists every statement that a case shows', async () => {
  const cases: StatementCase[] = JSON.parse(await readFile(source, 'utf8'))
  const text = [
    '# What the pages document',
    '',
    'Every statement with the case in `test/conformance/cases/fastify-gadget.json` that shows it. Made from the cases by',
    '`npx vitest run test/compat/statements -u`; each case is run by `npm test`. A star: not on the page, and works.',
    ...pages.map(([key, title]) =>
      toSection(
        title,
        cases.filter((one) => one.source === key)
      )
    )
  ].join('\n')
  await expect(text).toMatchFileSnapshot('../../docs/fastify-statements.md')
})

function toSection(title: string, cases: readonly StatementCase[]): string {
  const rows = cases.map(
    ({ name, statement, beyond }) => `| ${escape(statement)}${beyond ? ' *' : ''} | ${name} |`
  )
  return ['', `## ${title}`, '', '| statement | case |', '| --- | --- |', ...rows, ''].join('\n')
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*')
}
