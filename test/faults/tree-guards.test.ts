import { describe, expect, it } from 'vitest'
import { ask, refuse, serve, writeTree } from './write-tree.ts'

const page = `export const onRequest = () => new Response('private')\n`
const hello = `exports.handler = async () => 'private'\n`
const reply = `export default async (request, reply) => 'private'\n`

/** Whatever lies in the guarded folder; none of it may be reached. */
const guarded = {
  'functions/in/page.js': page,
  'functions/in/event.js': hello,
  'functions/in/GET-reply.js': reply,
  'functions/in/deep/er/event.js': hello,
  'public/in/file.txt': 'private',
  'functions/open.js': `exports.handler = async () => 'open'\n`,
  'public/open.txt': 'open'
}
const insides = [
  '/in/page',
  '/in/event',
  '/in/reply',
  '/in/deep/er/event',
  '/in/file.txt',
  '/in/no-such-thing'
]

/** What never gets done is given up sooner than after Fastify's ten seconds. */
const quick = { fastify: { pluginTimeout: 500 } }

const plugins = {
  'throws at once': `module.exports = () => { throw new Error('broken guard') }\n`,
  rejects: `export default async () => { throw new Error('broken guard') }\n`,
  'rejects later': `export default async () => { await new Promise((done) => setTimeout(done, 20)); throw new Error('broken guard') }\n`,
  'calls done with an error': `module.exports = (server, options, done) => setTimeout(() => done(new Error('broken guard')), 5)\n`,
  'never calls done': `module.exports = (server, options, done) => {}\n`,
  'registers what fails, and does not wait for it': `export default async (server) => { server.register(async () => { throw new Error('broken guard') }) }\n`,
  'needs a plugin that is not there': `module.exports = require('fastify-plugin')(async () => {}, { name: 'mine', dependencies: ['theirs'] })\n`,
  'needs another Fastify': `module.exports = require('fastify-plugin')(async () => {}, { fastify: '99.x' })\n`,
  'adds a decorator twice': `export default async (server) => { server.decorate('mine', 1); server.decorate('mine', 2) }\n`,
  'does not parse': 'export default async (server) => {\n',
  'is no function': `export default 'text'\n`,
  'exports nothing': `export const x = 1\n`,
  'imports what is not there': `import x from './gone.js'\nexport default async (server) => x\n`,
  'throws while it is loaded': `throw new Error('broken guard')\n`,
  'throws after it added a hook': `export default async (server) => { server.addHook('onRequest', async () => {}); throw new Error('broken guard') }\n`
}

describe.each(Object.entries(plugins))('a + plugin that %s', (_what, plugin) => {
  const files = { ...guarded, 'functions/in/+guard.js': plugin }

  it('leaves nothing of its folder open: all of it answers 500, static files and misses too', async () => {
    const app = await serve(await writeTree(files), quick)
    for (const url of insides) expect(`${url} ${await ask(app, url)}`).toMatch(new RegExp(`^${url} 500 `))
    expect(await ask(app, '/open')).toBe('200 open')
    expect(await ask(app, '/open.txt')).toBe('200 open')
    expect(app.treeway.problems.map((problem) => problem.file)).toContain('functions/in/+guard.js')
  })

  it('keeps a start back', async () => {
    expect(await refuse(await writeTree(files), quick)).toContain('functions/in/+guard.js')
  })
})

const middlewares = {
  'does not parse': 'export const onRequest = () => {\n',
  'throws while it is loaded': `export const onRequest = () => {}\nthrow new Error('broken guard')\n`,
  throws: `export const onRequest = () => { throw new Error('broken guard') }\n`,
  rejects: `export const onRequest = async () => { throw new Error('broken guard') }\n`,
  'returns nothing': `export const onRequest = () => {}\n`,
  'exports no function': `export const onRequest = 'text'\n`,
  'exports a list with a hole': `export const onRequest = [({ next }) => next(), undefined]\n`,
  'exports nothing': `export const guard = () => {}\n`
}

describe.each(Object.entries(middlewares))('a _middleware that %s', (_what, middleware) => {
  it('leaves nothing of its folder open', async () => {
    const app = await serve(await writeTree({ ...guarded, 'functions/in/_middleware.js': middleware }))
    for (const url of insides) expect(`${url} ${await ask(app, url)}`).toMatch(new RegExp(`^${url} 500 `))
    expect(await ask(app, '/open')).toBe('200 open')
    expect(await ask(app, '/open.txt')).toBe('200 open')
  })
})

describe('a boot file that fails', () => {
  const boots = {
    throws: `export default async () => { throw new Error('no database') }\n`,
    'does not parse': 'export default async (server) => {\n',
    'throws while it is loaded': `throw new Error('no database')\n`
  }

  it.each(Object.entries(boots))('and %s keeps a start back', async (_what, boot) => {
    expect(await refuse(await writeTree({ ...guarded, 'boot/db.js': boot }))).toContain('boot/db.js')
  })

  it.each(Object.entries(boots))(
    'and %s makes everything answer 500 in dev: all of it may need it',
    async (_what, boot) => {
      const app = await serve(await writeTree({ ...guarded, 'boot/db.js': boot }))
      for (const url of [...insides, '/open'])
        expect(`${url} ${await ask(app, url)}`).toMatch(new RegExp(`^${url} 500 `))
      expect(app.treeway.problems.map((problem) => problem.file)).toContain('boot/db.js')
    }
  )
})

describe('a plugin that throws when nobody waits for it any more', () => {
  it('does not end the process, nor the requests around it', async () => {
    const plugin = `export default async (server) => {
  server.addHook('onRequest', async () => { setImmediate(() => Promise.reject(new Error('too late')).catch(() => {})) })
  server.addHook('onResponse', async () => { throw new Error('too late') })
}\n`
    const app = await serve(await writeTree({ ...guarded, 'functions/+late.js': plugin }))
    expect(await ask(app, '/open')).toBe('200 open')
    expect(await ask(app, '/open')).toBe('200 open')
  })
})
