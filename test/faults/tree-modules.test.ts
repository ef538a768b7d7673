import { describe, expect, it } from 'vitest'
import { ask, refuse, serve, writeTree } from './write-tree.ts'
import type { Files } from './write-tree.ts'

const ok = { 'functions/ok.js': `exports.handler = async () => 'ok'\n` }

interface Fault {
  readonly files: Files
  readonly says: readonly string[]
  /** What dev answers at /bad. */
  readonly shows: readonly string[]
}

const faults: Readonly<Record<string, Fault>> = {
  'a syntax error': {
    files: { 'functions/bad.js': `export const handler = () => {\n  const a = ;\n}\n` },
    says: ['functions/bad.js', '2:13'],
    shows: ['500', 'TREEWAY_SYNTAX', 'functions/bad.js']
  },
  'a syntax error in TypeScript': {
    files: { 'functions/bad.ts': `export const handler = (event: { a: string) => 'x'\n` },
    says: ['functions/bad.ts', '1:'],
    shows: ['500', 'TREEWAY_SYNTAX']
  },
  'a syntax error in what a file imports': {
    files: {
      'functions/bad.js': `import { x } from './_lib.js'\nexport const handler = () => x\n`,
      'functions/_lib.js': 'export const x = ;\n'
    },
    says: ['_lib.js'],
    shows: ['500']
  },
  'an import that is not there': {
    files: { 'functions/bad.js': `import { x } from './gone.js'\nexport const handler = () => x\n` },
    says: ['functions/bad.js', './gone.js'],
    shows: ['500', 'TREEWAY_LOAD_FAILED', './gone.js']
  },
  'a package that is not installed': {
    files: { 'functions/bad.js': `const x = require('no-such-package')\nexports.handler = () => x\n` },
    says: ['functions/bad.js', 'no-such-package'],
    shows: ['500', 'no-such-package']
  },
  'a module that throws while it loads': {
    files: { 'functions/bad.js': `export const handler = () => 'x'\nthrow new Error('not today')\n` },
    says: ['functions/bad.js', 'not today'],
    shows: ['500', 'TREEWAY_LOAD_FAILED']
  },
  'a module that throws what is no Error': {
    files: { 'functions/bad.js': `export const handler = () => 'x'\nthrow null\n` },
    says: ['functions/bad.js'],
    shows: ['500', 'TREEWAY_LOAD_FAILED']
  },
  'a module that rejects at its top level': {
    files: {
      'functions/bad.js': `await Promise.reject(new Error('not today'))\nexport const handler = () => 'x'\n`
    },
    says: ['functions/bad.js', 'not today'],
    shows: ['500', 'TREEWAY_LOAD_FAILED']
  },
  'an export that is no function': {
    files: { 'functions/bad.js': `export const handler = 'text'\n` },
    says: ['functions/bad.js', '"handler"', 'a function'],
    shows: ['500', 'TREEWAY_EXPORT_INVALID']
  },
  'options that Fastify refuses': {
    files: {
      'functions/bad.js': `module.exports = async () => 'x'\nmodule.exports.options = { bodyLimit: -1, schema: { querystring: { type: 'nothing' } } }\n`
    },
    says: ['functions/bad.js', '/bad'],
    shows: ['500', 'TREEWAY_ROUTE_REFUSED']
  },
  'a schema that does not compile': {
    files: {
      'functions/bad.js': `module.exports = async () => 'x'\nmodule.exports.options = { schema: { querystring: { type: 'object', properties: { a: { type: 'nothing' } } } } }\n`
    },
    says: ['functions/bad.js'],
    shows: ['500']
  }
}

describe.each(Object.entries(faults))('%s', (_name, { files, says, shows }) => {
  it('keeps a start back, with a message that names the file', async () => {
    const message = await refuse(await writeTree({ ...ok, ...files }))
    for (const text of says) expect(message).toContain(text)
  })

  it('answers 500 for its own route in dev, and harms no other', async () => {
    const app = await serve(await writeTree({ ...ok, ...files }))
    expect(await ask(app, '/ok')).toBe('200 ok')
    const answer = await ask(app, '/bad')
    for (const text of shows) expect(answer).toContain(text)
  })
})
