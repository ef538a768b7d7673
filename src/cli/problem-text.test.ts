import { describe, expect, test } from 'vitest'
import { createProblem, TreewayError } from '../errors.ts'
import { toCountText, toErrorText, toFewProblemsText, toProblemsText, toProblemText } from './problem-text.ts'
import { createStyle } from './style.ts'

const plain = createStyle(false)

const problem = createProblem(
  'TREEWAY_CONFIG_INVALID',
  '"timeout_ms" must be a number; received "1s" (string).',
  {
    file: 'users/fn.config.json',
    line: 2,
    column: 17,
    frame: '2 |   "timeout_ms": "1s"\n  |                 ^^^^'
  }
)

test('a problem shows code and title, message, place, the line with a caret, and what to do', () => {
  expect(toProblemText(problem, plain)).toBe(
    `error TREEWAY_CONFIG_INVALID: A configuration file or option is not valid
  "timeout_ms" must be a number; received "1s" (string).
  users/fn.config.json:2:17

    2 |   "timeout_ms": "1s"
      |                 ^^^^

  Try: Correct the key shown; docs/configuration.md lists them all.`
  )
})

test('a problem without place and frame is three lines', () => {
  expect(
    toProblemText(createProblem('TREEWAY_TREE_EMPTY', 'No route.', { severity: 'warning' }), plain)
  ).toBe(
    `warning TREEWAY_TREE_EMPTY: The tree holds no route
  No route.
  Try: Add a handler file, for example functions/hello.js, or name the right folder.`
  )
})

test('colour is only added, never text', () => {
  const colored = toProblemText(problem, createStyle(true))
  // oxlint-disable-next-line no-control-regex
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(toProblemText(problem, plain))
  expect(colored).not.toBe(toProblemText(problem, plain))
})

test('warnings come before errors, and the count at the end', () => {
  const text = toProblemsText([problem, { ...problem, severity: 'warning' }], plain)
  expect(text.indexOf('warning TREEWAY')).toBe(0)
  expect(text.endsWith('\n\n1 error, 1 warning')).toBe(true)
})

test('of many problems the gravest ten are shown where the list was not asked for', () => {
  const warnings = Array.from({ length: 5 }, () => ({ ...problem, severity: 'warning' as const }))
  const text = toFewProblemsText([...Array.from({ length: 12 }, () => problem), ...warnings], plain)
  expect(text.match(/^error /gm)).toHaveLength(10)
  expect(text.match(/^warning /gm)).toBeNull()
  expect(text.endsWith('\n\n12 errors, 5 warnings, of which 10 are shown: `treeway check` shows all.')).toBe(
    true
  )
})

test.each([
  [0, 0, '0 errors'],
  [1, 0, '1 error'],
  [2, 1, '2 errors, 1 warning'],
  [0, 2, '2 warnings']
])('%i errors and %i warnings are counted as %s', (errors, warnings, text) => {
  const problems = [
    ...Array.from({ length: errors }, () => problem),
    ...Array.from({ length: warnings }, () => ({ ...problem, severity: 'warning' as const }))
  ]
  expect(toCountText(problems)).toBe(text)
})

describe('an error', () => {
  test('shows its code, message and fix', () => {
    expect(toErrorText(new TreewayError('TREEWAY_PORT_TAKEN', 'Port 3000 is taken.'), plain)).toBe(
      `error TREEWAY_PORT_TAKEN: The port is taken
  Port 3000 is taken.
  Try: Stop the other program or choose another --port.`
    )
  })

  test('shows its problems first, and then only the first line of its message', () => {
    const error = new TreewayError('TREEWAY_TREE_REFUSED', 'The tree has a problem:\n- x', {
      problems: [problem]
    })
    const text = toErrorText(error, plain)
    expect(text.indexOf('error TREEWAY_CONFIG_INVALID')).toBe(0)
    expect(text).toContain('\n  The tree has a problem.\n')
    expect(text).not.toContain('- x')
  })
})
