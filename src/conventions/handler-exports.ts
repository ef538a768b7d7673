import type { StyleName } from '../routes/route.ts'
import type { DeclaredExports } from './convention.ts'

/** One export that answers requests. */
export interface HandlerExport {
  readonly exportName: string
  /** The methods its name says; `['*']` for all that no other export takes; undefined: it does not say. */
  readonly methods?: readonly string[]
}

export type PickedHandlers =
  | { readonly kind: 'handlers'; readonly style: StyleName; readonly handlers: readonly HandlerExport[] }
  | { readonly kind: 'mixed'; readonly styles: readonly StyleName[] }
  | { readonly kind: 'none' }

const CONTEXT = /^onRequest(Get|Post|Put|Patch|Delete|Options|Head)?$/
const WEB = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
const EVENT = ['handler', 'main']

export function isContextExport(name: string): boolean {
  return CONTEXT.test(name)
}

/**
 * Which exports are handlers, and of which style (design.md section 4). `handlerName` is `invoke.handler` of
 * fn.config.json: that export, in the event style.
 */
export function pickHandlers(exports: DeclaredExports, handlerName?: string): PickedHandlers {
  if (handlerName !== undefined && hasExport(exports, handlerName))
    return toHandlers('event', [{ exportName: handlerName }])
  const found: { style: StyleName; handlers: HandlerExport[] }[] = []
  const context = exports.names.filter(isContextExport)
  if (context.length > 0) found.push({ style: 'context', handlers: context.map(toContextHandler) })
  const web = exports.names.filter((name) => WEB.has(name))
  if (web.length > 0)
    found.push({ style: 'web', handlers: web.map((name) => ({ exportName: name, methods: [name] })) })
  const event = EVENT.find((name) => exports.names.includes(name))
  if (event !== undefined) found.push({ style: 'event', handlers: [{ exportName: event }] })
  const byDefault = toDefaultHandler(exports, found.length > 0)
  if (byDefault) found.push(byDefault)
  if (found.length > 1) return { kind: 'mixed', styles: found.map((entry) => entry.style) }
  const only = found[0]
  return only ? toHandlers(only.style, only.handlers) : { kind: 'none' }
}

function hasExport(exports: DeclaredExports, name: string): boolean {
  return name === 'default' ? exports.default !== 'none' : exports.names.includes(name)
}

/** A default that is an object is an app with `fetch`, unless named exports already say how the file is called. */
function toDefaultHandler(
  exports: DeclaredExports,
  hasNamed: boolean
): { style: StyleName; handlers: HandlerExport[] } | undefined {
  if (exports.default === 'none' || (exports.default === 'object' && hasNamed)) return undefined
  if (exports.default === 'object')
    return { style: 'web', handlers: [{ exportName: 'default', methods: ['*'] }] }
  return { style: 'reply', handlers: [{ exportName: 'default' }] }
}

function toContextHandler(name: string): HandlerExport {
  const verb = name.slice('onRequest'.length).toUpperCase()
  return { exportName: name, methods: [verb === '' ? '*' : verb] }
}

function toHandlers(style: StyleName, handlers: readonly HandlerExport[]): PickedHandlers {
  return { kind: 'handlers', style, handlers }
}

/** A method and the export that answers it. */
export interface MethodHandler {
  readonly exportName: string
  readonly methods: readonly string[]
}

/**
 * Methods: from the file's name; else from the exports; else `invoke.methods`; else GET.
 * Where the name gives methods and the exports do too, each of the name's methods takes the export that fits it.
 */
export function toMethodHandlers(
  handlers: readonly HandlerExport[],
  fromName: readonly string[] | undefined,
  fromConfig: readonly string[] | undefined
): readonly MethodHandler[] {
  if (fromName === undefined || fromName.includes('*')) {
    return handlers.map((handler) => ({
      exportName: handler.exportName,
      methods: handler.methods ?? fromName ?? fromConfig ?? ['GET']
    }))
  }
  return fromName.flatMap((method) => {
    const handler =
      handlers.find((entry) => entry.methods === undefined || entry.methods.includes(method)) ??
      handlers.find((entry) => entry.methods?.includes('*'))
    return handler ? [{ exportName: handler.exportName, methods: [method] }] : []
  })
}
