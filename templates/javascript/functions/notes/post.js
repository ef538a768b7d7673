import { addNote } from '../_notes.js'

export const options = {
  schema: {
    body: {
      type: 'object',
      required: ['text'],
      properties: { text: { type: 'string', minLength: 1 } }
    }
  }
}

export default function postNote(request, reply) {
  reply.code(201)
  return addNote(request.body.text)
}
