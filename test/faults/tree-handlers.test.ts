import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { ask, serve, writeTree } from './write-tree.ts'

/** One folder for each way to be called; what every handler does is the name of its file. */
const files = {
  'functions/event/throws.js': `exports.handler = () => { throw new Error('private words') }\n`,
  'functions/event/rejects.js': `exports.handler = async () => { throw new Error('private words') }\n`,
  'functions/event/text.js': `exports.handler = () => { throw 'private words' }\n`,
  'functions/event/nothing.js': `exports.handler = async () => { throw null }\n`,
  'functions/event/undefined.js': `exports.handler = async () => { throw undefined }\n`,
  'functions/event/forever.js': `exports.handler = () => new Promise(() => {})\n`,
  'functions/event/symbol.js': `exports.handler = () => Symbol('private words')\n`,
  'functions/event/status.js': `exports.handler = () => ({ status: 99, body: 'x' })\n`,
  'functions/event/cycle.js': `exports.handler = () => { const a = {}; a.a = a; return a }\n`,
  'functions/event/fn.config.json': '{ "timeout_ms": 50 }',
  'functions/reply/throws.js': `module.exports = () => { throw new Error('private words') }\n`,
  'functions/reply/rejects.js': `module.exports = async () => { throw new Error('private words') }\n`,
  'functions/reply/forever.js': `module.exports = () => new Promise(() => {})\n`,
  'functions/reply/silent.js': `module.exports = (request, reply) => {}\n`,
  'functions/reply/fn.config.json': '{ "timeout_ms": 50 }',
  'functions/context/throws.js': `export const onRequest = () => { throw new Error('private words') }\n`,
  'functions/context/rejects.js': `export const onRequest = async () => { throw new Error('private words') }\n`,
  'functions/context/text.js': `export const onRequest = () => 'private words'\n`,
  'functions/context/forever.js': `export const onRequest = () => new Promise(() => {})\n`,
  'functions/context/fn.config.json': '{ "timeout_ms": 50 }',
  'functions/web/throws.js': `export const GET = () => { throw new Error('private words') }\n`,
  'functions/web/rejects.js': `export const GET = async () => { throw new Error('private words') }\n`,
  'functions/web/text.js': `export const GET = () => 'private words'\n`,
  'functions/web/forever.js': `export const GET = () => new Promise(() => {})\n`,
  'functions/web/fn.config.json': '{ "timeout_ms": 50 }',
  'functions/ok.js': `exports.handler = () => 'ok'\n`
}

const failing = Object.keys(files).filter((path) => path.endsWith('.js') && !/ok|forever|silent/.test(path))
const silent = Object.keys(files).filter((path) => /forever|silent/.test(path))

const toUrl = (path: string): string => path.slice('functions'.length, -'.js'.length)

describe('a handler that fails', () => {
  it('answers 500, and the others go on', async () => {
    const app = await serve(await writeTree(files))
    for (const path of failing) expect(`${path} ${await ask(app, toUrl(path))}`).toContain(`${path} 500 `)
    expect(await ask(app, '/ok')).toBe('200 ok')
  })

  it('tells the client nothing of it in production', async () => {
    const app = await createApp({ dir: await writeTree(files) })
    for (const path of failing) {
      const answer = await ask(app, toUrl(path))
      expect(`${path} ${answer}`).toContain(`${path} 500 `)
      expect(answer).not.toMatch(/private words|functions\/|\.js| at \//)
      expect(JSON.parse(answer.slice(4))).toMatchObject({ statusCode: 500, error: 'Internal Server Error' })
    }
    await app.close()
  })
})

describe('a handler that never answers', () => {
  it.each(silent)('is given up after timeout_ms: %s', async (path) => {
    const app = await serve(await writeTree(files))
    expect(await ask(app, toUrl(path))).toMatch(/^504 .*TREEWAY_TIMEOUT/)
    expect(await ask(app, '/ok')).toBe('200 ok')
  })
})
