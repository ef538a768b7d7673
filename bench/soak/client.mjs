import { once } from 'node:events'
import { Agent, request as ask } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { actions } from './requests.mjs'

const ABORT_AFTER_MS = 5

/** Clients that go through the actions one after the other, each from another start, until the signal says stop. */
export function startClients({ port, count, signal }) {
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  const totals = { answers: 0, aborted: 0, wrong: [] }
  const clients = Array.from({ length: count }, (_, i) =>
    runClient({ port, agent, totals, signal, first: i })
  )
  return {
    totals,
    stop: async () => {
      await Promise.all(clients)
      agent.destroy()
    }
  }
}

async function runClient({ port, agent, totals, signal, first }) {
  for (let i = first; !signal.aborted; i++) {
    const action = actions[i % actions.length]
    if (action.abort) await abort(action, { port, totals })
    else await answer(action, { port, agent, totals })
  }
}

function toOptions({ method, path, body }, port) {
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return { host: '127.0.0.1', port, method, path, headers }
}

async function answer(action, { port, agent, totals }) {
  const request = ask({ ...toOptions(action, port), agent })
  try {
    const answered = once(request, 'response')
    request.end(action.body)
    const [response] = await answered
    response.resume()
    await once(response, 'end')
    totals.answers += 1
    if (response.statusCode !== action.status)
      totals.wrong.push(`${action.method} ${action.path} answered ${response.statusCode}`)
  } catch (error) {
    totals.wrong.push(`${action.method} ${action.path}: ${error.message}`)
  }
}

/** On a connection of its own, which ends with the request half sent or the answer half read. */
async function abort(action, { port, totals }) {
  const request = ask({ ...toOptions(action, port), agent: false })
  request.on('error', () => undefined)
  const closed = new Promise((resolve) => request.once('close', resolve))
  if (action.abort === 'body') request.write(action.body.slice(0, 10))
  else request.end()
  await wait(ABORT_AFTER_MS)
  request.destroy()
  await closed
  totals.aborted += 1
}
