import basicAuth from '../../plugins/basic-auth.js'

export const onRequest = basicAuth({
  realm: 'club',
  userOf: (env, name, password) => (env.MEMBERS.split(' ').includes(`${name}:${password}`) ? { name } : undefined)
})
