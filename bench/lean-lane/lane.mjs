import { createRequire } from 'node:module'
import { rawBody } from '../../dist/handlers/body-modes.js'
import { pickStyle } from '../../dist/handlers/index.js'
import { toCanonicalUrl } from '../../dist/routes/canonical-path.js'
import { toFastifyUrl } from '../../dist/routes/format-pattern.js'
import { pickExport } from '../../dist/server/route-handler.js'
import { LeanReply, writeReply } from './lean-reply.mjs'
import { LeanRequest } from './lean-request.mjs'

const createRouter = createRequire(import.meta.resolve('fastify'))('find-my-way')
const NO_PARAMS = Object.freeze({})
const BODYLESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const BODY_LIMIT = 1024 * 1024

/**
 * A listener for the routes that can leave Fastify out: event, context and web routes in JavaScript, without middleware,
 * scope, route options or limits of their own. Everything else goes to `next`, Fastify's own listener.
 *
 * @param {{ project: object, next: () => Function, onDone?: (statusCode: number, ms: number) => void }} options
 */
export function createLane({ project, next, onDone }) {
  const { statics, router, size } = createTable(project)
  function lane(raw, response) {
    const url = toCanonicalUrl(raw.url)
    const found = find({ statics, router }, raw.method, url)
    if (found === undefined) return next()(raw, response)
    const request = new LeanRequest(raw, url, found.params)
    const reply = new LeanReply(request, response)
    if (onDone) watch(response, onDone)
    if (found.entry.readsBody && !BODYLESS.has(raw.method)) return readBody(request, reply, found.entry)
    return answer(request, reply, found.entry)
  }
  return { lane, size }
}

function isLean({ route, module }) {
  if (route.language !== 'javascript' || route.style === 'reply' || route.scope !== '') return false
  const { timeoutMs, maxConcurrency, maxBodyBytes, allowHosts, options } = route.functionOptions
  if (timeoutMs ?? maxConcurrency ?? maxBodyBytes ?? allowHosts ?? options) return false
  // A module that is lazy has no options: the build saw to it.
  return module?.kind === 'lazy' || (module?.kind === 'loaded' && module.exports.options === undefined)
}

function createTable(project) {
  const statics = new Map()
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 2048 })
  let size = 0
  for (const route of project.table.routes) {
    const module = project.modules.get(route.file)
    if (!isLean({ route, module })) continue
    size += 1
    const entry = { run: createRun(project, route, module), readsBody: route.style === 'event' }
    const methods = route.methods.includes('GET') ? [...route.methods, 'HEAD'] : route.methods
    const url = toFastifyUrl(route.pattern)
    if (route.pattern.every(({ kind }) => kind === 'text')) addStatic(statics, url, { methods, entry })
    else for (const method of methods) router.on(method, url, noop, entry)
  }
  return { statics, router, size }
}

function noop() {}

function addStatic(statics, url, { methods, entry }) {
  const row = statics.get(url) ?? Object.create(null)
  for (const method of methods) row[method] ??= entry
  statics.set(url, row)
}

/** The first request of a route of a build loads its module. */
function createRun(project, route, module) {
  const make = ({ exports }) =>
    pickStyle(route.style).createHandler({
      route,
      value: pickExport(exports, route.exportName),
      services: project.services,
      around: undefined
    })
  if (module.kind === 'loaded') return make(module)
  let run
  return (request, reply) => {
    if (run) return run(request, reply)
    return module.load().then((loaded) => (run = make(loaded))(request, reply))
  }
}

/** A path that is text throughout beats every other pattern, so the map is asked first. */
function find({ statics, router }, method, url) {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  const row = statics.get(path) ?? (path.endsWith('/') ? statics.get(path.slice(0, -1)) : undefined)
  const entry = row?.[method]
  if (entry !== undefined) return { entry, params: NO_PARAMS }
  const found = router.find(method, path)
  return found === null ? undefined : { entry: found.store, params: found.params }
}

function answer(request, reply, entry) {
  let result
  try {
    result = entry.run(request, reply)
  } catch (error) {
    return writeFault(reply, error)
  }
  if (result !== null && typeof result === 'object' && typeof result.then === 'function' && result !== reply)
    return result.then(
      (payload) => finish(reply, payload),
      (error) => writeFault(reply, error)
    )
  return finish(reply, result)
}

function finish(reply, payload) {
  writeReply(reply, payload === reply ? reply.payload : payload)
}

/** The one shape of errors. */
function writeFault(reply, error) {
  const statusCode = error.statusCode ?? 500
  const message = statusCode < 500 ? error.message : `The request ${reply.request.id} failed.`
  reply.list = []
  writeReply(reply.code(statusCode), {
    statusCode,
    code: error.code ?? 'TREEWAY_HANDLER_FAILED',
    error: 'Internal Server Error',
    message
  })
}

function readBody(request, reply, entry) {
  const chunks = []
  let bytes = 0
  const { raw } = request
  raw.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes > BODY_LIMIT) raw.destroy()
    else chunks.push(chunk)
  })
  raw.on('end', () => {
    if (bytes > 0) request[rawBody] = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    answer(request, reply, entry)
  })
}

/** What metrics and the request log would cost: a listener and a clock. */
function watch(response, onDone) {
  const began = performance.now()
  response.once('finish', () => onDone(response.statusCode, performance.now() - began))
}
