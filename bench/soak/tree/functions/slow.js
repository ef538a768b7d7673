import { setTimeout as wait } from 'node:timers/promises'

export async function GET() {
  await wait(200)
  return Response.json({ slow: true })
}
