/** Bindings, as `wrangler types` would write them. */
interface Env {
  ADMIN_KEY: string
  SITE_NAME: string
  MAX_LINKS?: string
}
