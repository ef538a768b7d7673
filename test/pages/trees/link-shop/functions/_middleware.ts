import { HttpFault } from '@/http'

const catchFaults: PagesFunction<Env> = async ({ next }) => {
  try {
    return await next()
  } catch (error) {
    if (error instanceof HttpFault) return Response.json({ error: error.message }, { status: error.fault })
    throw error
  }
}

const nameSite: PagesFunction<Env> = async ({ next, env }) => {
  const response = await next()
  response.headers.set('X-Site', env.SITE_NAME)
  return response
}

export const onRequest = [catchFaults, nameSite]
