/** A plugin as Pages has them: options in, a middleware out. */
export interface ApiKeyArgs {
  readonly header: string
  readonly keyOf: (env: Env) => string
}

export interface KeyData extends Record<string, unknown> {
  keyHolder?: string
}

type PluginFunction = PagesPluginFunction<Env, string, KeyData, ApiKeyArgs>

const checkKey: PluginFunction = async ({ request, env, data, next, pluginArgs }) => {
  if (request.headers.get(pluginArgs.header) !== pluginArgs.keyOf(env)) {
    return new Response('Wrong key', { status: 403 })
  }
  data.keyHolder = 'admin'
  return next()
}

export default function apiKey(pluginArgs: ApiKeyArgs): PagesFunction<Env, string, KeyData> {
  return (context) => checkKey({ ...context, pluginArgs })
}
