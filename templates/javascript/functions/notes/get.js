import { listNotes } from '../_notes.js'

export default function getNotes() {
  return listNotes()
}
