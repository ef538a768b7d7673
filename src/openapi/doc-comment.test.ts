import { describe, expect, test } from 'vitest'
import type { LanguageName } from '../routes/route.ts'
import { readDocComment } from './doc-comment.ts'

const GREETS = { summary: 'Greets somebody', description: 'Twice, if *asked*.' }

const cases: readonly [title: string, LanguageName, string, string][] = [
  [
    'a function',
    'javascript',
    'handler',
    '/** Greets somebody. Twice, if *asked*. */\nexport function handler() {}'
  ],
  [
    'an async function under other things',
    'javascript',
    'GET',
    "import x from 'y'\n\n/** Another. */\nconst a = 1\n\n/**\n * Greets somebody.\n *\n * Twice, if *asked*.\n * @param a a\n */\nexport async function GET() {}"
  ],
  [
    'a constant',
    'javascript',
    'onRequestGet',
    '/** Greets\n * somebody.\n *\n * Twice, if *asked*. */\nexport const onRequestGet = []'
  ],
  [
    'a default export',
    'javascript',
    'default',
    '/** Greets somebody. Twice, if *asked*. */\nexport default async (request) => 1'
  ],
  [
    'module.exports',
    'javascript',
    'handler',
    '/** Greets somebody. Twice, if *asked*. */\nexports.handler = () => 1'
  ],
  [
    'the file',
    'javascript',
    'handler',
    '/** Greets somebody. Twice, if *asked*. */\nimport a from "a"\nexport const handler = a'
  ],
  [
    'a docstring',
    'python',
    'handler',
    'import a\n\ndef other(x):\n    """Other."""\n\nasync def handler(event, id: dict[str, int] = {"a": 1}) -> dict:\n    """Greets somebody.\n\n    Twice, if *asked*.\n    """\n    return 1'
  ],
  [
    'a module docstring',
    'python',
    'handler',
    '# -*- x -*-\n"""Greets somebody.\n\nTwice, if *asked*."""\ndef handler(event):\n    return ""'
  ],
  [
    'a docblock',
    'php',
    'handler',
    '<?php\n/**\n * Greets somebody.\n *\n * Twice, if *asked*.\n * @return array\n */\nfunction handler($event) {}'
  ],
  [
    'dashes',
    'lua',
    'handler',
    'local a = 1\n\n--- Greets somebody.\n-- Twice, if *asked*.\nfunction handler(event)\nend'
  ],
  [
    'dashes before what is returned',
    'lua',
    'handler',
    '--- Greets somebody.\n--- Twice, if *asked*.\nreturn function(event)\nend'
  ],
  [
    'a doc comment',
    'go',
    'handler',
    'package main\n\n// Other.\nfunc other() {}\n\n// Greets somebody.\n// Twice, if *asked*.\nfunc handler(event map[string]interface{}) interface{} {'
  ],
  [
    'three slashes',
    'rust',
    'handler',
    'use x;\n\n/// Greets somebody.\n/// Twice, if *asked*.\n#[allow(unused)]\npub fn handler(event: Value) -> Value {'
  ]
]

describe('the words of a handler', () => {
  test.each(cases)('are read from %s (%s)', (_title, language, name, source) => {
    expect(readDocComment(language, source, [name])).toEqual(GREETS)
  })

  test('may be of a function that is found by its other name', () => {
    expect(readDocComment('python', 'def main(event):\n  "Hello."', ['handler', 'main'])).toEqual({
      summary: 'Hello'
    })
  })

  test('are none where nothing is said, or only about something else', () => {
    expect(readDocComment('javascript', 'export function handler() {}', ['handler'])).toBeUndefined()
    expect(
      readDocComment('javascript', '/** A. */\ninterface A {}\nexport function handler() {}', ['handler'])
    ).toBeUndefined()
    expect(
      readDocComment('javascript', '/* A. */\nexport function handler() {}', ['handler'])
    ).toBeUndefined()
    expect(
      readDocComment('python', 'def handler(e):\n  return 1\n\ndef b():\n  """B."""', ['handler'])
    ).toBeUndefined()
    expect(readDocComment('go', '// far away\n\nfunc handler() {}', ['handler'])).toBeUndefined()
  })

  test('say that it is deprecated', () => {
    const source = '/** Old. @inline\n * @deprecated use the new one */\nexport function handler() {}'
    expect(readDocComment('javascript', source, ['handler'])).toMatchObject({ isDeprecated: true })
  })

  test('keep a full stop inside a word', () => {
    const source = '/** Reads v1.2 of it, e.g. for tests. And more. */\nexport function handler() {}'
    expect(readDocComment('javascript', source, ['handler'])).toEqual({
      summary: 'Reads v1.2 of it, e.g. for tests',
      description: 'And more.'
    })
  })
})
