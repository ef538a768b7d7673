import { findLink } from '@/links'

/** A short link leads on; whatever else there is may be a page. */
export const onRequestGet: PagesFunction<Env, 'code'> = async ({ params, next, waitUntil }) => {
  const link = findLink(params.code as string)
  if (!link) return next()
  waitUntil(
    (async () => {
      link.visits += 1
    })()
  )
  return Response.redirect(link.target, 302)
}
