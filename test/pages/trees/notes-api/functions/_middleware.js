/** Outermost: whatever is thrown below becomes JSON, as a client of an API expects it. */
async function catchErrors(context) {
  try {
    return await context.next()
  } catch (error) {
    if (error instanceof Response) return error
    const { status = 500 } = error
    return Response.json({ error: error.message }, { status })
  }
}

/** Pages of other origins may call the API. */
async function allowOrigins({ request, env, next }) {
  const origin = request.headers.get('Origin')
  const allowed = (env.ALLOWED_ORIGINS ?? '').split(',')
  if (origin === null || !allowed.includes(origin)) return next()
  if (request.method === 'OPTIONS') {
    return new Response(null, { status: 204, headers: { ...toCorsHeaders(origin), 'Access-Control-Max-Age': '86400' } })
  }
  const response = await next()
  const answer = new Response(response.body, response)
  for (const [name, value] of Object.entries(toCorsHeaders(origin))) answer.headers.set(name, value)
  return answer
}

function toCorsHeaders(origin) {
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type',
    Vary: 'Origin'
  }
}

async function measure({ next, data }) {
  data.requestId = crypto.randomUUID()
  const started = performance.now()
  const response = await next()
  response.headers.set('X-Request-Id', data.requestId)
  response.headers.append('Server-Timing', `app;dur=${(performance.now() - started).toFixed(1)}`)
  return response
}

export const onRequest = [catchErrors, allowOrigins, measure]
