import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toOptionsTable } from './option-docs.ts'
import { isPlainObject } from './value-type.ts'

const page = new URL('../../docs/configuration.md', import.meta.url)
const schema: unknown = JSON.parse(
  readFileSync(new URL('../../schemas/fn.config.schema.json', import.meta.url), 'utf8')
)
const ALIASES = ['force_url', 'forceUrl', 'discovery', 'routing', 'zero_config_ignore_dirs', '$schema']

/** `vitest -u` writes the page again. */
test('docs/configuration.md lists the options and the keys of fn.config.json as they are declared', async () => {
  const keys = listKeys(schema, '')
  const rows = keys
    .filter(({ isIgnored }) => !isIgnored)
    .map((row) => `| \`${row.key}\` | ${row.description} |`)
  const ignored = keys.filter(({ isIgnored }) => isIgnored).map(({ key }) => `\`${key}\``)
  const sections = {
    options: toOptionsTable(),
    'fn.config': ['| key | what it does |', '| --- | --- |', ...rows].join('\n'),
    'fn.config ignored': `${ignored.join(', ')}.`
  }
  await expect(fillSections(readFileSync(page, 'utf8'), sections)).toMatchFileSnapshot(page.pathname)
})

test('every key of fn.config.json says what it does', () => {
  expect(
    listKeys(schema, '').filter(({ description, isIgnored }) => description === '' && !isIgnored)
  ).toEqual([])
})

interface Key {
  readonly key: string
  readonly description: string
  readonly isIgnored: boolean
}

/** Puts each text between `<!-- name -->` and `<!-- /name -->`. */
function fillSections(text: string, sections: Readonly<Record<string, string>>): string {
  let filled = text
  for (const [name, section] of Object.entries(sections)) {
    const [before, rest] = filled.split(`<!-- ${name} -->\n`)
    const [, after] = rest?.split(`<!-- /${name} -->`) ?? []
    filled = `${before}<!-- ${name} -->\n\n${section}\n\n<!-- /${name} -->${after}`
  }
  return filled
}

function listKeys(node: unknown, prefix: string): Key[] {
  if (!isPlainObject(node) || !isPlainObject(node['properties'])) return []
  return Object.entries(node['properties']).flatMap(([name, raw]) => {
    // `invoke.home` is `home` in another place.
    if (ALIASES.includes(name) || (prefix === 'invoke' && name === 'home')) return []
    const child = toTarget(raw)
    const key = prefix === '' ? name : `${prefix}.${name}`
    const row: Key = {
      key,
      description: String(child['description'] ?? ''),
      isIgnored: child['x-ignored'] === true
    }
    return [row, ...listKeys(child, key)]
  })
}

function toTarget(raw: unknown): Readonly<Record<string, unknown>> {
  if (!isPlainObject(raw)) return {}
  const name = String(raw['$ref'] ?? '').replace('#/definitions/', '')
  const definitions = isPlainObject(schema) ? schema['definitions'] : undefined
  const target = isPlainObject(definitions) ? definitions[name] : undefined
  return isPlainObject(target) ? target : raw
}
