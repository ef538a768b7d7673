import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest } from 'srvx/node'

export interface RequestParts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly maxRequestBodySize: number
}

/** What srvx's request has beside a Request's own members. */
declare class LazyRequest extends Request {
  constructor(parts: RequestParts)
  /** Node's own request, made when it is asked for. */
  get _request(): Request
}

/** srvx's request, to be extended. */
export const LazyNodeRequest = NodeRequest as unknown as typeof LazyRequest
