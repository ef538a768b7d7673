import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'

export interface DocsPageOptions {
  /** URL path of the page, below the prefix of the instance. */
  readonly docsPath: string
  /** URL path of the document that it shows, below the same. */
  readonly documentPath: string
  /** The document names servers of its own, which the page must be able to call. */
  readonly hasServers: boolean
  readonly route: RouteShorthandOptions
}

const FILES = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8'
} as const

/** A page that shows the document and calls its routes. Everything it needs comes from this server. */
export function registerDocsPage(app: FastifyInstance, options: DocsPageOptions): void {
  const { docsPath, route } = options
  const folder = toSwaggerUiFolder()
  const policy = toPolicy(options)
  app.get(docsPath, route, async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .send(toHtml(readPrefix(request, docsPath) + docsPath))
  )
  const scriptPath = `${docsPath}/start.js`
  app.get(scriptPath, route, async (request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .send(toScript(readPrefix(request, scriptPath) + options.documentPath))
  )
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`${docsPath}/${name}`, route, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'max-age=3600')
        .send(createReadStream(join(folder, name)))
    )
  }
}

/**
 * What the URL has in front of a path of ours: the prefix that somebody's app has the tree under, its parameters filled
 * in. One slash begins it: two would name another host.
 */
function readPrefix({ url, server }: FastifyRequest, path: string): string {
  const asked = url.replace(/[?#].*$/s, '').replace(/\/$/, '')
  const prefix = asked.endsWith(path) ? asked.slice(0, asked.length - path.length) : server.prefix
  return prefix
    .replace(/^\/+/, '/')
    .replaceAll(/[^\w\-.~%/@:]/g, (character) => encodeURIComponent(character))
}

/** The package holds Swagger UI's own files; nothing of its code is run. */
function toSwaggerUiFolder(): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('@fastify/swagger-ui/package.json')), 'static')
}

/** Swagger UI sets styles from its script, and shows its icons as data URLs. */
function toPolicy({ hasServers }: DocsPageOptions): string {
  const connect = hasServers ? "connect-src 'self' http: https:" : "connect-src 'self'"
  return `default-src 'self'; ${connect}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
}

/** @param docsPath The whole path of the page. */
function toHtml(docsPath: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${docsPath}/swagger-ui.css">
  </head>
  <body>
    <main id="api"></main>
    <script src="${docsPath}/swagger-ui-bundle.js"></script>
    <script src="${docsPath}/start.js"></script>
  </body>
</html>
`
}

function toScript(documentPath: string): string {
  const settings = {
    url: documentPath,
    dom_id: '#api',
    deepLinking: true,
    displayRequestDuration: true,
    // Else it would ask a server of Swagger's to judge the document.
    validatorUrl: null
  }
  return `SwaggerUIBundle({ ...${JSON.stringify(settings)}, onComplete() { document.title = document.querySelector('.title')?.firstChild?.textContent ?? document.title } })\n`
}
