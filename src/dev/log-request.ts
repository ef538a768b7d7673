import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { RequestLine } from './dev-event.ts'

/** Tells of a request when it is answered or its client has gone, without its file. */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  onLine: (line: RequestLine) => void
): void {
  const startedAt = performance.now()
  // Read now: the app rewrites the URL to its canonical form.
  const { method = 'GET', url = '/' } = request
  response.once('close', () => {
    onLine({ method, url, status: response.statusCode, durationMs: performance.now() - startedAt })
  })
}
