import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLocalRequest } from '../../openapi/local-only.ts'
import { describeFault } from './describe-fault.ts'
import { errorPagePolicy, renderErrorPage } from './render-error-page.ts'

/** A fault as a browser gets it. */
export interface ErrorPage {
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
}

export interface ErrorPageInput {
  readonly error: unknown
  readonly request: IncomingMessage
  readonly statusCode: number
  readonly method: string
  /** As it came: an app rewrites the one of the request. */
  readonly url: string
  /** Absolute project directory. */
  readonly dir: string
  readonly version: string
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  vary: 'accept',
  'x-content-type-options': 'nosniff',
  'content-security-policy': errorPagePolicy
}

/** A page for a browser on this machine that navigates; undefined for everybody else, who gets the error as JSON. */
export function toErrorPage(input: ErrorPageInput): ErrorPage | undefined {
  const { error, request, dir } = input
  if (!wantsPage(request) || !isLocalRequest(request)) return undefined
  return { headers: HEADERS, html: renderErrorPage({ ...input, fault: describeFault(error, dir) }) }
}

export function sendErrorPage(
  response: ServerResponse,
  statusCode: number,
  { headers, html }: ErrorPage
): void {
  response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(html) }).end(html)
}

/** A browser that navigates names HTML; fetch() and other programs name JSON, or everything. */
export function wantsPage({ headers }: IncomingMessage): boolean {
  const html = toWeight(headers.accept, 'text/html')
  return html > 0 && html >= toWeight(headers.accept, 'application/json')
}

function toWeight(accept: string | undefined, type: string): number {
  for (const part of (accept ?? '').split(',')) {
    const [name = '', ...parameters] = part.trim().toLowerCase().split(';')
    if (name.trim() !== type) continue
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find(Boolean)
    return weight === undefined ? 1 : Number(weight)
  }
  return 0
}
