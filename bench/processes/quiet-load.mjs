import { Agent, get } from 'node:http'

/**
 * Keeps one request in flight on each connection, and sleeps while it waits: it shares its cores with the servers that it
 * asks. Answers how many answers came from each process.
 */
export async function runQuietLoad({ port, connections, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const pids = new Map()
  const began = performance.now()
  const end = began + seconds * 1000
  async function loop() {
    while (performance.now() < end) {
      const { pid } = JSON.parse(await ask(port, agent))
      pids.set(pid, (pids.get(pid) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: connections }, loop))
  const ms = performance.now() - began
  agent.destroy()
  return { answers: [...pids.values()].reduce((sum, count) => sum + count, 0), ms, pids }
}

function ask(port, agent) {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/hello', agent }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk) => (body += chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(body) : reject(new Error(`status ${answer.statusCode}`))
      )
    })
    request.on('error', reject)
  })
}
