import { addNote, listNotes } from './_notes.ts'

export function GET(): Response {
  return Response.json(listNotes())
}

export async function POST(request: Request): Promise<Response> {
  const { text }: { text?: unknown } = await request.json()
  if (typeof text !== 'string' || text === '')
    return Response.json({ error: 'A note needs a text.' }, { status: 400 })
  return Response.json(addNote(text), { status: 201 })
}
