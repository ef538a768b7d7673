import { signToken } from '../lib/token.js'

export async function onRequestPost({ request, env }) {
  const { name, password } = await readCredentials(request)
  if (typeof name !== 'string' || password !== env.PASSWORD) {
    return Response.json({ error: 'wrong name or password' }, { status: 401 })
  }
  const token = await signToken({ name, until: Date.now() + 60_000 }, env.TOKEN_SECRET)
  const response = Response.json({ token })
  response.headers.append('Set-Cookie', `session=${token}; HttpOnly; Path=/; SameSite=Lax`)
  response.headers.append('Set-Cookie', `name=${encodeURIComponent(name)}; Path=/`)
  return response
}

/** A page's form and a script's JSON, both. */
async function readCredentials(request) {
  const type = request.headers.get('content-type') ?? ''
  if (type.includes('application/json')) return await request.json()
  const form = await request.formData()
  return { name: form.get('name'), password: form.get('password') }
}
