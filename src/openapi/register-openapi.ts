import type { FastifyInstance, RouteShorthandOptions } from 'fastify'
import type { OpenapiSettings } from '../config/openapi-option.ts'
import type { Problem } from '../errors.ts'
import { ownRouteKey } from '../routes/route.ts'
import { describeDocument } from './describe-document.ts'
import type { FindRoute } from './describe-document.ts'
import { describeToHost } from './describe-to-host.ts'
import type { Transform } from './describe-to-host.ts'
import { registerDocsPage } from './docs-page.ts'
import type { OpenapiDocument } from './document.ts'
import { finishDocument } from './finish-document.ts'
import { refuseOthers } from './local-only.ts'
import type { OpenapiMode } from './openapi-mode.ts'
import { findOwner, listDuplicates, noteOwner } from './operation-owner.ts'
import type { Owners } from './operation-owner.ts'
import { toRouteTypes } from './route-types.ts'
import { toRouteEntry } from './route-schema.ts'

/** What is served, for readers; the app must be ready. */
export interface Openapi {
  readDocument(): Promise<OpenapiDocument>
  /**
   * The text of `routes.d.ts`, for a file in this folder below the project's directory. With thousands of routes it is long
   * work: `pause` is called between its steps, so that requests have their turn. Default: no pause.
   */
  readRouteTypes(fileDir: string, pause?: () => Promise<unknown>): Promise<string>
  /** Operation ids that two routes give themselves, schemas that nothing can meet, examples that do not fit. */
  listProblems(): Promise<Problem[]>
}

const DEFAULT_PATH = '/_treeway/openapi.json'
const DEFAULT_DOCS_PATH = '/_treeway/docs'
const DECORATOR = 'treewayDocument'

/**
 * Puts the document and its page on the root, before anything else is registered: so that every route is in it, and
 * the hooks that the tree's boot files and middleware have for the root hold for it too.
 */
export async function registerOpenapi(
  app: FastifyInstance,
  dir: string,
  { settings, audience }: OpenapiMode
): Promise<Openapi> {
  const owners: Owners = new Map()
  const transform = createTransform(owners, noteInstances(app), app.prefix)
  let isReading = false
  describeToHost(app, dir, () => (isReading ? transform : undefined))
  await registerSwagger(app, transform, settings)
  const read = (): OpenapiDocument => {
    isReading = true
    const document = readSwagger(app)
    isReading = false
    return document
  }
  let finished: OpenapiDocument | undefined
  const finish = (document?: OpenapiDocument): OpenapiDocument =>
    (finished ??= finishDocument(document ?? read(), owners, settings))
  const findRoute: FindRoute = (method, path) => findOwner(owners, method, path)?.route
  const openapi: Openapi = {
    readDocument: async () => await describeDocument(finish(), dir, findRoute),
    async readRouteTypes(fileDir, pause) {
      const document = finished ?? read()
      await pause?.()
      finish(document)
      await pause?.()
      return toRouteTypes(finish(), findRoute, fileDir)
    },
    async listProblems() {
      finish()
      const { listSchemaProblems } = await import('./check-schemas.ts')
      return [...listDuplicates(owners), ...listSchemaProblems(owners)]
    }
  }
  if (audience !== 'none') registerPages(app, { settings, audience }, openapi)
  return openapi
}

/** Where each route was registered, by the object that Fastify has for it. */
type Instances = WeakMap<object, FastifyInstance>

function noteInstances(app: FastifyInstance): Instances {
  const instances: Instances = new WeakMap()
  app.addHook('onRoute', function noteInstance(route) {
    instances.set(route, this)
  })
  return instances
}

function createTransform(owners: Owners, instances: Instances, prefix: string): Transform {
  return function transformRoute({ route }) {
    const entry = toRouteEntry(route, prefix)
    if (entry.schema['hide'] !== true)
      noteOwner(owners, { options: route, entry, instance: instances.get(route) })
    const { security: _checkedByUs, ...schema } = entry.schema
    return { url: entry.url, schema }
  }
}

async function registerSwagger(
  app: FastifyInstance,
  transform: Transform,
  settings: OpenapiSettings
): Promise<void> {
  const { fastifySwagger } = await import('@fastify/swagger')
  const { info, servers, tags, securitySchemes } = settings
  await app.register(fastifySwagger, {
    // Not `swagger`: the tree may register the plugin itself.
    decorator: DECORATOR,
    convertConstToEnum: false,
    stripBasePath: false,
    openapi: {
      openapi: '3.1.0',
      info: { title: '', version: '', ...info },
      ...(servers ? { servers: [...servers] } : {}),
      ...(tags ? { tags: [...tags] } : {}),
      components: { securitySchemes: securitySchemes ?? {} }
    },
    transform
  } as Parameters<typeof fastifySwagger>[1])
}

function readSwagger(app: FastifyInstance): OpenapiDocument {
  const read: unknown = Reflect.get(app, DECORATOR)
  return (read as () => OpenapiDocument)()
}

function registerPages(app: FastifyInstance, { settings, audience }: OpenapiMode, openapi: Openapi): void {
  const documentPath = settings.path ?? DEFAULT_PATH
  const { docsPath = DEFAULT_DOCS_PATH } = settings
  const route = {
    exposeHeadRoute: true,
    schema: { hide: true },
    logLevel: 'warn',
    config: { [ownRouteKey]: true },
    ...(audience === 'local' ? { onRequest: refuseOthers } : {})
  } as RouteShorthandOptions
  app.get(documentPath, route, async (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(await openapi.readDocument())
  )
  if (docsPath === false) return
  registerDocsPage(app, {
    docsPath: docsPath === true ? DEFAULT_DOCS_PATH : docsPath,
    documentPath,
    hasServers: settings.servers !== undefined,
    route
  })
}
