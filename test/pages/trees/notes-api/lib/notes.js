const notes = new Map()
let last = 0

export function listNotes(user, word) {
  return [...notes.values()].filter((note) => note.user === user && (word === null || note.text.includes(word)))
}

export function addNote(user, text) {
  const note = { id: String(++last), user, text }
  notes.set(note.id, note)
  return note
}

export function findNote(user, id) {
  const note = notes.get(id)
  return note?.user === user ? note : undefined
}

export function changeNote(note, text) {
  note.text = text
  return structuredClone(note)
}

export function removeNote(note) {
  notes.delete(note.id)
}
