import type { SourceFrame } from './read-source-frame.ts'

/** What code finds on Cloudflare and nowhere else, and what to do without it. */
const GLOBALS: Readonly<Record<string, string>> = {
  HTMLRewriter: 'Change the text of the response, or import a package that rewrites HTML.',
  caches:
    'Keep what is worth keeping in a Map or a store of your own, or leave it to a cache in front of the server.',
  WebSocketPair: 'Register @fastify/websocket in a boot/ file.',
  FixedLengthStream: 'Give the Response a content-length header.',
  IdentityTransformStream: 'Use new TransformStream().'
}

const BINDING = /\benv(?:\.|\[['"])([A-Za-z_]\w*)/

/**
 * What a Pages project that was moved here runs into first: names that only Cloudflare's runtime has, and bindings that
 * nobody gave. Undefined for every other error.
 */
export function toCloudflareHint(error: Error, frame: SourceFrame | undefined): string | undefined {
  const { name, message } = error
  const missing = name === 'ReferenceError' ? /^(\w+) is not defined$/.exec(message)?.[1] : undefined
  const instead = missing === undefined ? undefined : GLOBALS[missing]
  if (instead !== undefined) return `Only Cloudflare has ${missing} (docs/pages.md). ${instead}`
  if (name !== 'TypeError') return undefined
  if (/\btimingSafeEqual is not a function$/.test(message)) return 'Import timingSafeEqual from node:crypto.'
  return /^Cannot read properties of undefined\b/.test(message) ? toBindingHint(frame) : undefined
}

function toBindingHint(frame: SourceFrame | undefined): string | undefined {
  const line = frame?.lines.find(({ number }) => number === frame.line)?.text ?? ''
  const binding = BINDING.exec(line)?.[1]
  if (binding === undefined) return undefined
  return `Does env have ${binding}? Values come from env of the configuration and .dev.vars; KV, D1 and other bindings are only on Cloudflare (docs/pages.md).`
}
