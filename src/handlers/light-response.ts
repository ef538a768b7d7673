import { NodeResponse } from 'srvx/node'

/**
 * The `Response` that handler files get: an `instanceof Response` that does not build Node's own until someone needs
 * it. Measured, Node's own costs two thirds of a hello's throughput.
 */
export const LightResponse = NodeResponse as unknown as typeof Response

/** A response of ours can be taken apart without a stream. */
export interface TakenResponse {
  readonly status: number
  readonly statusText: string
  /** Name, value, name, value ... */
  readonly headers: readonly string[]
  readonly body: unknown
}

/** Takes a light response apart; undefined for one of Node's own. The response can not be used afterwards. */
export function takeResponse(response: Response): TakenResponse | undefined {
  return '_toNodeResponse' in response
    ? (response as InstanceType<typeof NodeResponse>)._toNodeResponse()
    : undefined
}

/** A response whose headers can be changed: one that came from `fetch` or `Response.redirect` can not. */
export function toMutableResponse(response: Response): Response {
  if ('_toNodeResponse' in response) return response
  const { status, statusText } = response
  // Response.error() is for fetch to give, not for a client to get.
  if (status === 0) throw new RangeError('A response without a status can not be sent.')
  return new LightResponse(response.body, { status, statusText, headers: new Headers(response.headers) })
}
