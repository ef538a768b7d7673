import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toDefinition } from '../errors.ts'
import { sendNothing } from '../handlers/send-response.ts'
import { isPromise } from '../handlers/style.ts'
import { createUrlMatcher } from '../routes/match-url.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'
import type { AssetAnswer, AssetSource, Project } from './project.ts'
import { toPathname } from '../routes/request-path.ts'

type NotFoundHandler = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => unknown

/** What happens when no route has the URL: static file, else 405, else 404 (design.md section 3). */
export interface NotFound {
  /** Makes `instance` the owner of its prefix's misses: its hooks hold for them. */
  own(instance: FastifyInstance, parent?: FastifyInstance): void
  /** Sets the handler of `owner` for real, when all plugins had their say: on `instance`, for the hooks that it has. */
  settle(owner: FastifyInstance, instance?: FastifyInstance): void
}

interface Owner {
  options: readonly unknown[]
  handler: NotFoundHandler | undefined
}

/**
 * Takes over `setNotFoundHandler`: whoever sets one gets it called after the static files and the 405 had no answer,
 * and it holds for the whole folder, whichever plugin of the folder set it.
 */
export function createNotFound(app: FastifyInstance, project: Project): NotFound {
  const setForReal = app.setNotFoundHandler
  const owners = new Map<FastifyInstance, Owner>()
  const answerMiss = createMissAnswer(project)

  const wrap = (handler: NotFoundHandler | undefined): NotFoundHandler =>
    function notFound(request, reply) {
      const answered = answerMiss(request, reply)
      if (answered === false)
        return handler ? handler.call(this, request, reply) : sendNotFound(request, reply)
      if (answered === true) return reply
      return answered.then((sent) => {
        if (sent) return reply
        return handler ? handler.call(this, request, reply) : sendNotFound(request, reply)
      })
    }

  app.setNotFoundHandler = function setNotFoundHandler(this: FastifyInstance, ...args: readonly unknown[]) {
    const handler = args.at(-1) as NotFoundHandler | undefined
    const owner = owners.get(this)
    if (owner) {
      owner.options = args.slice(0, -1)
      owner.handler = handler
      return this
    }
    return Reflect.apply(setForReal, this, [...args.slice(0, -1), wrap(handler)])
  } as FastifyInstance['setNotFoundHandler']

  return {
    own(instance, parent) {
      const inherited = parent ? owners.get(parent) : undefined
      owners.set(instance, { options: inherited?.options ?? [], handler: inherited?.handler })
    },
    settle(owner, instance = owner) {
      const owned = owners.get(owner)
      if (owned)
        setUnlessTaken(
          () => Reflect.apply(setForReal, instance, [...owned.options, wrap(owned.handler)]),
          instance
        )
    }
  }
}

/** In someone else's app the root's misses may have an owner already: then they stay theirs. */
function setUnlessTaken(set: () => void, instance: FastifyInstance): void {
  try {
    set()
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Not found handler already set'))) throw error
    instance.log.warn(
      'the app has a not-found handler of its own, so static files of the tree are not served'
    )
  }
}

/** `true`: sent; `false`: nothing to say. Only static files may need to wait. */
type MissAnswer = (request: FastifyRequest, reply: FastifyReply) => boolean | Promise<boolean>

function createMissAnswer(project: Project): MissAnswer {
  const listMethods = createMethodLister(project.table)
  return function answerMiss(request, reply) {
    const answer = askAssets(project.assets, request)
    return isPromise(answer)
      ? answer.then((value) => settleMiss(value, request, reply))
      : settleMiss(answer, request, reply)
  }

  function settleMiss(
    answer: AssetAnswer | undefined,
    request: FastifyRequest,
    reply: FastifyReply
  ): boolean {
    if (answer && answer.kind !== 'not-found' && answer.kind !== 'method-not-allowed')
      return sendAsset(reply, answer)
    const methods = listMethods(toPathname(request.url))
    if (methods.length > 0 && !methods.includes(request.method)) {
      sendMethodNotAllowed(request, reply, methods)
      return true
    }
    return answer ? sendAsset(reply, answer) : false
  }
}

export function askAssets(
  assets: AssetSource | undefined,
  request: FastifyRequest
): AssetAnswer | undefined | Promise<AssetAnswer | undefined> {
  if (!assets) return undefined
  const { url, method, headers } = request
  const path = toPathname(url)
  return assets.respond({ method, path, search: url.slice(path.length), headers })
}

export function sendAsset(reply: FastifyReply, answer: AssetAnswer): true {
  reply.code(answer.status).headers(answer.headers)
  if (answer.body === undefined) sendNothing(reply)
  else reply.send(answer.body)
  return true
}

/**
 * The methods that a path has. Gadget's routes are Fastify's and miss as Fastify's do, with 404, so they do not count.
 * Built at the first miss: a tree that only ever hits needs none.
 */
function createMethodLister(table: RouteTable): (path: string) => string[] {
  let matcher: ReturnType<typeof createUrlMatcher<Pick<Route, 'methods' | 'pattern'>>> | undefined
  return function listMethods(path) {
    const contested = table.conflicts.map(({ method, pattern }) => ({ methods: [method], pattern }))
    matcher ??= createUrlMatcher([
      ...table.routes.filter((route) => route.convention !== 'gadget'),
      ...contested
    ])
    const methods = matcher.match(path).flatMap((route) => route.methods)
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
  }
}

function sendMethodNotAllowed(
  request: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[]
): void {
  const message = `${request.method} is not allowed for ${toPathname(request.url)}; use ${methods.join(', ')}.`
  void reply
    .code(405)
    .header('allow', methods.join(', '))
    .send({ statusCode: 405, code: 'TREEWAY_METHOD_NOT_ALLOWED', error: 'Method Not Allowed', message })
}

function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `Route ${request.method}:${request.url} not found`
  return reply
    .code(toDefinition('TREEWAY_NOT_FOUND').status)
    .send({ statusCode: 404, code: 'TREEWAY_NOT_FOUND', error: 'Not Found', message })
}
