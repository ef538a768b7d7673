import { addNote, listNotes } from '../../../lib/notes.js'

export const onRequestGet = ({ data, request }) => {
  const word = new URL(request.url).searchParams.get('q')
  return Response.json(listNotes(data.user, word))
}

export async function onRequestPost({ request, data, waitUntil }) {
  const draft = request.clone()
  let note
  try {
    note = await request.json()
  } catch {
    return Response.json({ error: 'not JSON', received: await draft.text() }, { status: 400 })
  }
  if (typeof note.text !== 'string') throw Object.assign(new Error('a note has a text'), { status: 422 })
  const added = addNote(data.user, note.text)
  waitUntil(remember(`${data.user} added ${added.id}`))
  return Response.json(added, { status: 201, headers: { Location: `/api/notes/${added.id}` } })
}

async function remember(line) {
  await Promise.resolve()
  globalThis.notesLog?.push(line)
}
