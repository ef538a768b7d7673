import { describe, expect, it } from 'vitest'
import { ask, refuse, serve, writeTree } from './write-tree.ts'
import type { Files } from './write-tree.ts'

const hello = `exports.handler = async () => 'hello'\n`
const ok = { 'functions/ok.js': `exports.handler = async () => 'ok'\n` }

interface Fault {
  readonly files: Files
  /** What the refusal must say. */
  readonly says: readonly string[]
  /** A request to what is at fault, and how its answer begins. */
  readonly answers: Readonly<Record<string, string>>
}

const faults: Readonly<Record<string, Fault>> = {
  'two files for one method and URL': {
    files: { 'functions/a.js': hello, 'functions/a/get.js': hello },
    says: ['functions/a.js', 'functions/a/get.js', 'both answer GET /a'],
    answers: { '/a': '409', 'HEAD /a': '409', 'POST /a': '405' }
  },
  'a parameter whose name is none': {
    files: { 'functions/users/[user-id].js': hello },
    says: ['functions/users/[user-id].js', '"user-id" is no name'],
    answers: { '/users/1': '404' }
  },
  'two parameters of one name': {
    files: { 'functions/[id]/x/[id].js': hello },
    says: ['functions/[id]/x/[id].js', '"id"'],
    answers: { '/1/x/2': '404' }
  },
  'handlers of two styles in one file': {
    files: {
      'functions/a.js': `export const handler = () => 'a'\nexport const onRequest = () => new Response('a')\n`
    },
    says: ['functions/a.js', '2 styles: context, event'],
    answers: { '/a': '404' }
  },
  'a file without a verb in routes/': {
    files: { 'routes/helpers.js': 'module.exports = () => 1\n' },
    says: ['routes/helpers.js', 'no HTTP verb'],
    answers: { '/helpers': '404' }
  },
  'a route file that exports no handler': {
    files: { 'routes/GET-a.js': 'export const x = 1\n' },
    says: ['routes/GET-a.js', 'exports no handler'],
    answers: { '/a': '404' }
  },
  'an unknown key of fn.config.json': {
    files: { 'functions/a/index.js': hello, 'functions/a/fn.config.json': '{ "timeout_msec": 10 }' },
    says: ['functions/a/fn.config.json', 'timeout_msec', 'timeout_ms'],
    answers: { '/a': '200 hello' }
  },
  'a fn.config.json that is no JSON': {
    files: { 'functions/a/index.js': hello, 'functions/a/fn.config.json': '{ "timeout_ms": 10, }' },
    says: ['functions/a/fn.config.json'],
    answers: { '/a': '200 hello' }
  },
  'a fn.config.json in the root that is no JSON': {
    files: { 'functions/a.js': hello, 'functions/fn.config.json': '{' },
    says: ['functions/fn.config.json'],
    answers: { '/a': '200 hello' }
  },
  'a fn.env.json whose value is a list': {
    files: { 'functions/a/index.js': hello, 'functions/a/fn.env.json': '{ "KEY": [1] }' },
    says: ['functions/a/fn.env.json', 'KEY'],
    answers: { '/a': '200 hello' }
  }
}

describe.each(Object.entries(faults))('%s', (_name, { files, says, answers }) => {
  it('keeps a start back, with a message that names file and cause', async () => {
    const message = await refuse(await writeTree({ ...ok, ...files }))
    for (const text of says) expect(message).toContain(text)
  })

  it('is shown in dev, which serves the rest', async () => {
    const app = await serve(await writeTree({ ...ok, ...files }))
    expect(await ask(app, '/ok')).toBe('200 ok')
    for (const [target, answer] of Object.entries(answers)) {
      expect(`${target}: ${await ask(app, target)}`).toContain(`${target}: ${answer}`)
    }
    const errors = app.treeway.problems.filter((problem) => problem.severity === 'error')
    expect(errors.map((problem) => problem.file)).toContain(says[0])
    for (const problem of errors) expect(problem.fix).not.toBe('')
  })
})
