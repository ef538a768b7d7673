/** What a Pages Function gets. `Params` are the names of the file's parameters; one in double brackets is a list, and absent when nothing matched. */
export interface EventContext<Env = unknown, Params extends string = string, Data = Record<string, unknown>> {
  readonly request: PagesRequest
  /** The matched path; for a middleware, the path of its folder. */
  readonly functionPath: string
  /** Work that goes on after the answer; the server waits for it before it stops. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** The static files answer in place of a function that throws. */
  readonly passThroughOnException: () => void
  /** The next function, then the static files. A URL begins a new GET, a Request takes all of itself along. */
  readonly next: (input?: Request | URL | string, init?: RequestInit) => Promise<Response>
  /** Values of the configuration, and the static files as `ASSETS`. */
  readonly env: Env & { readonly ASSETS: Fetcher }
  readonly params: Readonly<Record<Params, string | string[]>>
  /** Shared along the way; assigning an object replaces it. */
  data: Data
}

/**
 * A handler or a middleware of Pages.
 *
 * @example export const onRequestGet: PagesFunction<Env, 'id'> = ({ params }) => Response.json(params.id)
 */
export type PagesFunction<
  Env = unknown,
  Params extends string = string,
  Data extends Record<string, unknown> = Record<string, unknown>
> = (context: EventContext<Env, Params, Data>) => Response | Promise<Response>

/** What a function of a Pages plugin gets. */
export interface EventPluginContext<
  Env = unknown,
  Params extends string = string,
  Data = Record<string, unknown>,
  PluginArgs = unknown
> extends EventContext<Env, Params, Data> {
  /** What the plugin was called with. */
  readonly pluginArgs: PluginArgs
}

/** A function of a Pages plugin. */
export type PagesPluginFunction<
  Env = unknown,
  Params extends string = string,
  Data extends Record<string, unknown> = Record<string, unknown>,
  PluginArgs = unknown
> = (context: EventPluginContext<Env, Params, Data, PluginArgs>) => Response | Promise<Response>

/** Whatever is asked as `fetch` is: `env.ASSETS`. */
export interface Fetcher {
  fetch: typeof fetch
}

/** A `Request` whose `json` can be told what it gives. */
export interface PagesRequest extends Request {
  json<Content = ReturnType<typeof JSON.parse>>(): Promise<Content>
  /** What Cloudflare knows of the client. Here nobody does, so it is never there. */
  readonly cf?: Cf
}

/** The type that @cloudflare/workers-types gives `cf`, where that is loaded: an interface can not contradict it. */
type Cf = CfOf<Request>
type CfOf<Known> = Known extends { readonly cf?: infer Own }
  ? unknown extends Own
    ? IncomingRequestCfProperties
    : Own
  : IncomingRequestCfProperties

/** What code that reads `request.cf` expects there. */
export interface IncomingRequestCfProperties<HostMetadata = unknown> {
  readonly asn?: number
  readonly asOrganization?: string
  readonly botManagement?: { readonly score: number; readonly verifiedBot: boolean }
  readonly city?: string
  readonly clientAcceptEncoding?: string
  readonly clientTcpRtt?: number
  readonly colo?: string
  readonly continent?: string
  readonly country?: string
  readonly hostMetadata?: HostMetadata
  readonly httpProtocol?: string
  readonly isEUCountry?: string
  readonly latitude?: string
  readonly longitude?: string
  readonly metroCode?: string
  readonly postalCode?: string
  readonly region?: string
  readonly regionCode?: string
  readonly timezone?: string
  readonly tlsCipher?: string
  readonly tlsVersion?: string
}
