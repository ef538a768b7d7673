import { Fault, HttpFault } from '../../../src/http'
import { findLink, removeLink } from '../../../src/links'

type Context = EventContext<Env, 'code', Record<string, unknown>>

/** `/api/links/abc`, and `/api/links/abc/visits`. */
export async function onRequestGet({ params }: Context): Promise<Response> {
  const [code = '', field, ...more] = params.code as string[]
  const link = findLink(code)
  if (!link || more.length > 0) throw new HttpFault(Fault.Missing, `No link ${code}`)
  if (field === undefined) return Response.json(link)
  return field === 'visits' ? new Response(String(link.visits)) : new Response(null, { status: 404 })
}

export const onRequestDelete: PagesFunction<Env, 'code'> = ({ params }) => {
  const [code = ''] = params.code as string[]
  return new Response(null, { status: removeLink(code) ? 204 : 404 })
}
