import { toCanonicalUrl } from '../routes/canonical-path.ts'
import { pickWinner } from '../routes/explain.ts'
import { createUrlMatcher } from '../routes/match-url.ts'
import type { UrlMatcher } from '../routes/match-url.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'

/** The handler file that a request goes to, if any. */
export type FileFinder = (method: string, url: string) => string | undefined

/** For the request log: asks the table, since the app does not say which route it took. */
export function createFileFinder(table: RouteTable): FileFinder {
  // At the first request: whoever waits for the app does not wait for this.
  let matcher: UrlMatcher<Route> | undefined
  return function findFile(method, url) {
    matcher ??= createUrlMatcher(table.routes)
    return pickWinner(matcher.match(toCanonicalUrl(url).split('?', 1)[0] ?? '/'), method)?.file
  }
}
