export const onRequest = ({ data, request }) => Response.json({ ...data.member, method: request.method, country: request.cf?.country ?? null })
