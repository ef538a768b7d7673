/** What no other file answers. */
export const onRequest = ({ request, params }) =>
  Response.json({ error: `${request.method} has nothing at /api/${(params.path ?? []).join('/')}` }, { status: 404 })
