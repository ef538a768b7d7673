import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createProblem, listCodes, toDefinition, TreewayError } from './errors.ts'

const page = new URL('../docs/errors.md', import.meta.url)

/** `vitest -u` writes the page again. */
test('docs/errors.md lists every code as it is, and no other', async () => {
  const text = readFileSync(page, 'utf8')
  const [before] = text.split('<!-- codes -->')
  const [, after] = text.split('<!-- /codes -->')
  const filled = `${before}<!-- codes -->\n\n${toCodesTable()}\n\n<!-- /codes -->${after}`
  await expect(filled).toMatchFileSnapshot(page.pathname)
})

describe('each code', () => {
  test.each(listCodes())('%s has a status, and a title and a fix that read as sentences', (code) => {
    const { status, title, fix } = toDefinition(code)
    expect(code).toMatch(/^TREEWAY_[A-Z_]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(title).toMatch(/^\S.*[^.]$/)
    expect(fix).toMatch(/\.$/)
  })
})

test('a problem takes the fix of its code where it has no better one', () => {
  expect(createProblem('TREEWAY_SYNTAX', 'm')).toEqual({
    code: 'TREEWAY_SYNTAX',
    severity: 'error',
    message: 'm',
    fix: toDefinition('TREEWAY_SYNTAX').fix
  })
  expect(createProblem('TREEWAY_SYNTAX', 'm', { fix: 'Better.', line: 3 })).toMatchObject({
    fix: 'Better.',
    line: 3
  })
})

test('an error has the status of its code, and keeps its cause', () => {
  const cause = new Error('inner')
  const error = new TreewayError('TREEWAY_TIMEOUT', 'm', { cause })
  expect(error).toMatchObject({ code: 'TREEWAY_TIMEOUT', statusCode: 504, message: 'm', cause })
})

function toCodesTable(): string {
  const rows = listCodes().map((code) => {
    const { status, title, fix } = toDefinition(code)
    return `| \`${code}\` | ${status} | ${title} | ${fix} |`
  })
  return ['| code | status | what happened | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
