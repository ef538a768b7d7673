import { isNewLink } from '@/is-new-link'
import { createLink } from '@/links'

interface Answer {
  readonly imported: number
  readonly refused: readonly number[]
}

/** A form with a file of one link per line. */
export const onRequestPost: PagesFunction<Env> = async ({ request }) => {
  const file = (await request.formData()).get('file')
  if (!(file instanceof File)) return new Response('No file', { status: 400 })
  const refused: number[] = []
  const lines = (await file.text()).split('\n').filter((line) => line !== '')
  for (const [index, line] of lines.entries()) {
    const [code, target] = line.split(' ')
    const link: unknown = { code, target }
    if (isNewLink(link)) createLink(link)
    else refused.push(index + 1)
  }
  const answer: Answer = { imported: lines.length - refused.length, refused }
  return Response.json(answer)
}
