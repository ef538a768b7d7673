import { changeNote, findNote, removeNote } from '../../../lib/notes.js'

function toNote({ params, data }) {
  const note = findNote(data.user, params.id)
  if (note) return note
  throw Response.json({ error: `no note ${params.id}` }, { status: 404 })
}

export const onRequestGet = async (context) => {
  const note = toNote(context)
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(note.text))
  const tag = `"${[...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}"`
  if (context.request.headers.get('If-None-Match') === tag) return new Response(null, { status: 304, headers: { ETag: tag } })
  return Response.json(note, { headers: { ETag: tag } })
}

export const onRequestPut = async (context) => {
  const { text } = await context.request.json()
  return Response.json(changeNote(toNote(context), text))
}

export const onRequestDelete = (context) => {
  removeNote(toNote(context))
  return new Response(null, { status: 204 })
}
