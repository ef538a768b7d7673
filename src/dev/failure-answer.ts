import { STATUS_CODES } from 'node:http'
import type { ServerResponse } from 'node:http'
import { toDefinition, TreewayError } from '../errors.ts'

/** Answers where no app can: what is wrong, as every other error is said. */
export function sendFailure(response: ServerResponse, failure: unknown): void {
  const code = failure instanceof TreewayError ? failure.code : 'TREEWAY_LOAD_FAILED'
  const message = failure instanceof Error ? failure.message : String(failure)
  const { status, title } = toDefinition(code)
  const body = JSON.stringify({ statusCode: status, code, error: STATUS_CODES[status] ?? title, message })
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body)
}
