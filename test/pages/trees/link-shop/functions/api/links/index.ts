import { Fault, HttpFault, readBody } from '@/http'
import { isNewLink } from '@/is-new-link'
import { createLink, findLink, listLinks } from '@/links'

export const onRequestGet: PagesFunction<Env> = () => Response.json(listLinks())

export const onRequestPost: PagesFunction<Env> = async ({ request, env }) => {
  const draft = await readBody(request, isNewLink)
  if (draft.code !== undefined && findLink(draft.code)) throw new HttpFault(Fault.Taken, `${draft.code} is taken`)
  if (listLinks().length >= Number(env.MAX_LINKS ?? 1000)) throw new HttpFault(Fault.Full, 'No room for more')
  const link = createLink(draft)
  return Response.json(link, { status: 201, headers: { Location: new URL(`/${link.code}`, request.url).href } })
}
