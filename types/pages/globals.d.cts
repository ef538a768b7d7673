// Each name is a global only where nobody else has it (`export as namespace`): code that loads @cloudflare/workers-types,
// or what `wrangler types` writes, keeps those.
import './event-context.cjs'
import './event-plugin-context.cjs'
import './fetcher.cjs'
import './incoming-request-cf-properties.cjs'
import './pages-function.cjs'
import './pages-plugin-function.cjs'

/** Reads as on Cloudflare: what `json` gives can be said. */
declare global {
  interface Body {
    json<Content = ReturnType<typeof JSON.parse>>(): Promise<Content>
  }
}
