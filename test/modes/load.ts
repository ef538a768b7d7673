import { Agent, request } from 'node:http'

/** What a load saw. */
export interface LoadReport {
  readonly answered: number
  /** Requests that got no answer, with the reason. */
  readonly failures: readonly string[]
  readonly statuses: ReadonlyMap<number, number>
}

export interface Load {
  /** Resolves when this many more answers have come. */
  waitFor(answers: number): Promise<void>
  stop(): Promise<LoadReport>
}

export interface LoadOptions {
  readonly url: string
  /** Connections, each kept alive and asked again as soon as it has answered. */
  readonly connections: number
  readonly onBody?: (body: string) => void
}

/** Asks without a pause until it is stopped. */
export function startLoad({ url, connections, onBody }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const failures: string[] = []
  const statuses = new Map<number, number>()
  const waiting = new Set<{ left: number; resolve: () => void }>()
  let answered = 0
  let isStopped = false

  function countDown(): void {
    for (const waiter of waiting) if (--waiter.left <= 0) waiter.resolve()
  }

  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        const { status, body } = await ask(url, agent)
        answered++
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        onBody?.(body)
        countDown()
      } catch (error) {
        failures.push(
          error instanceof Error
            ? `${(error as NodeJS.ErrnoException).code}: ${error.message}`
            : String(error)
        )
      }
    }
  }

  const loops = Array.from({ length: connections }, () => loop())
  return {
    waitFor: (answers) => new Promise((resolve) => waiting.add({ left: answers, resolve })),
    async stop() {
      isStopped = true
      await Promise.all(loops)
      agent.destroy()
      return { answered, failures, statuses }
    }
  }
}

async function ask(url: string, agent: Agent): Promise<{ status: number; body: string }> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { agent }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (body += chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
