import Fastify from 'fastify'
import { expect, it } from 'vitest'
import type { Route } from '../routes/route.ts'
import { contextStyle } from './context.ts'

const route: Route = {
  methods: ['GET'],
  pattern: [{ kind: 'text', text: 'mail' }],
  file: 'functions/mail.js',
  convention: 'pages',
  language: 'javascript',
  style: 'context',
  exportName: 'onRequest',
  folderDepth: 0,
  scope: '',
  functionOptions: {},
  env: { SENDER: 'shop' }
}

it('a context has what fn.env.json gives its folder, over what the configuration gives the tree', async () => {
  const app = Fastify()
  const handler = contextStyle.createHandler({
    route,
    value: ({ env }: { env: Record<string, unknown> }) =>
      Response.json({ ...env, ASSETS: typeof env['ASSETS'] }),
    services: {
      env: { SENDER: 'tree', REGION: 'eu' },
      waitUntil: () => undefined,
      fetchAsset: () => Promise.resolve(new Response(null, { status: 404 }))
    }
  })
  app.get('/mail', handler)
  expect((await app.inject('/mail')).json()).toEqual({ SENDER: 'shop', REGION: 'eu', ASSETS: 'object' })
  await app.close()
})
