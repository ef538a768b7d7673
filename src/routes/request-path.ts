/** The path of a request target: what stands before the query. */
export function toPathname(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
