import type { BodyMode, RouteHandler } from '../handlers/style.ts'
import type { Route } from '../routes/route.ts'

/** A route, ready for Fastify. */
export interface PreparedRoute {
  readonly route: Route
  readonly handler: RouteHandler
  readonly bodyMode: BodyMode
  /** Fastify route options: fn.config.json's, and over them what the file exports. */
  readonly options: Readonly<Record<string, unknown>>
  /** The handler runs the middleware around it by itself, where the server lets it. */
  readonly isDirect: boolean
}
