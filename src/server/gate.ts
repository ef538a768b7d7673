import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createPrefixMatcher } from '../routes/match-url.ts'
import { ownRouteKey } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'
import { askAssets, sendAsset } from './not-found.ts'
import type { Project } from './project.ts'
import { toPathname } from '../routes/request-path.ts'

/**
 * What is decided before any function: `_routes.json` sends some paths to the static files alone, and FastFN's
 * `run_worker_first: false` asks the static files first. Registered only where the project has one of the two.
 */
export function registerGate(app: FastifyInstance, project: Project): void {
  const { isFunctionPath, areAssetsFirst, assets } = project
  if (isFunctionPath) {
    app.addHook('onRequest', async function routesRules(request: FastifyRequest, reply: FastifyReply) {
      if (!isFunctionPath(toPathname(request.url)) && !isOwn(request))
        return answerFromAssets(project, request, reply)
    })
  }
  if (!areAssetsFirst || !assets) return
  const isGuarded = createGuardCheck(project.table)
  app.addHook('onRequest', async function assetsFirst(request: FastifyRequest, reply: FastifyReply) {
    if (request.is404 || isGuarded(toPathname(request.url))) return
    if (request.method !== 'GET' && request.method !== 'HEAD') return
    const answer = await askAssets(assets, request)
    if (answer?.kind === 'file') {
      sendAsset(reply, answer)
      return reply
    }
  })
}

/** `_routes.json` is about functions; the pages that Treeway itself serves are none. */
function isOwn(request: FastifyRequest): boolean {
  return Reflect.get(request.routeOptions.config, ownRouteKey) === true
}

async function answerFromAssets(
  project: Project,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const answer = await askAssets(project.assets, request)
  if (answer) sendAsset(reply, answer)
  else {
    const message = `No static file has the path ${toPathname(request.url)}, and _routes.json keeps it from the functions.`
    void reply.code(404).send({ statusCode: 404, code: 'TREEWAY_NOT_FOUND', error: 'Not Found', message })
  }
  return reply
}

/** A folder with plugins or middleware guards its URLs: a static file there must not be sent before they had their say. */
function createGuardCheck(table: RouteTable): (path: string) => boolean {
  const matcher = createPrefixMatcher([...table.scopes, ...table.middlewares])
  return (path) => matcher.match(path).length > 0
}
