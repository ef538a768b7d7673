export const onRequest = ({ env }) => Response.json({ at: new Date().toISOString(), club: env.CLUB })
