import { listLinks } from '@/links'
import type { KeyData } from '../../plugins/api-key'

export const onRequestGet: PagesFunction<Env, never, KeyData> = async ({ data, env, request }) => {
  const template = await env.ASSETS.fetch(new URL('/report-template.html', request.url))
  const rows = listLinks()
    .toSorted((a, b) => b.visits - a.visits)
    .map((link) => `<tr><td>${link.code}</td><td>${link.visits}</td></tr>`)
  const html = (await template.text()).replace('{{rows}}', rows.join('')).replace('{{holder}}', data.keyHolder ?? '')
  return new Response(html, template)
}
