import apiKey from '#plugins/api-key'

export const onRequest = apiKey({ header: 'x-admin-key', keyOf: (env) => env.ADMIN_KEY })
