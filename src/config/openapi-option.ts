import { anyObject, boolean, either, list, object, oneOf, text } from './value-type.ts'
import type { ValueOf } from './value-type.ts'

const settings = object(
  {},
  {
    serve: oneOf(['dev', 'always']),
    path: text('a URL path such as /openapi.json'),
    docsPath: either(boolean(), text('a URL path such as /docs')),
    info: anyObject<{ title?: string; version?: string; description?: string }>('an Info object of OpenAPI'),
    servers: list(anyObject<{ url: string }>('a Server object of OpenAPI'), 'a list of Server objects'),
    securitySchemes: anyObject<Record<string, object>>('an object of names and Security Scheme objects'),
    security: list(
      anyObject<Record<string, string[]>>('a Security Requirement object'),
      'a list of Security Requirement objects'
    ),
    tags: list(anyObject<{ name: string }>('a Tag object of OpenAPI'), 'a list of Tag objects')
  },
  'an object with serve, path, docsPath, info, servers, securitySchemes, security or tags'
)

/** `dev`: in dev, for this machine alone. `true` or an object: in `start` and for everybody, too. */
export const openapiType = either(either(boolean(), oneOf(['dev'])), settings)

export type OpenapiOption = ValueOf<typeof openapiType>
export type OpenapiSettings = ValueOf<typeof settings>
