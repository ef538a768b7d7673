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

const SrvxRequest = NodeRequest as unknown as typeof LazyRequest
const NativeRequest = globalThis.Request

/**
 * srvx's request, to be extended. It says of redirects what Cloudflare's does: who hands the client's request on hands
 * on the redirect that comes back, too.
 */
export class LazyNodeRequest extends SrvxRequest {
  override get redirect(): RequestRedirect {
    return 'manual'
  }

  override clone(): Request {
    return new NativeRequest(this._request.clone(), { redirect: 'manual' })
  }
}
