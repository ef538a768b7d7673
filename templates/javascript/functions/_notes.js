// A name that begins with _ is never a route.
const notes = []

export function listNotes() {
  return notes
}

export function addNote(text) {
  const note = { id: notes.length + 1, text }
  notes.push(note)
  return note
}
