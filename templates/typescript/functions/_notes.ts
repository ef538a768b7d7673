// A name that begins with _ is never a route.
export interface Note {
  id: number
  text: string
}

const notes: Note[] = []

export function listNotes(): Note[] {
  return notes
}

export function addNote(text: string): Note {
  const note = { id: notes.length + 1, text }
  notes.push(note)
  return note
}
