import type { ServerResponse } from 'node:http'
import { toDefinition, TreewayError } from '../errors.ts'

/** Answers while no app could be built: what is wrong, as every other error is said. */
export function sendFailure(response: ServerResponse, failure: unknown): void {
  const code = failure instanceof TreewayError ? failure.code : 'TREEWAY_LOAD_FAILED'
  const message = failure instanceof Error ? failure.message : String(failure)
  const body = JSON.stringify({ statusCode: 500, code, error: toDefinition(code).title, message })
  response.writeHead(500, { 'content-type': 'application/json; charset=utf-8' }).end(body)
}
