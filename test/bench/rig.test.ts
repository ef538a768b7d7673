import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'

const bench = new URL('../../bench/', import.meta.url)
const { judge } = await import(new URL('compare/judge.mjs', bench).href)
const { judge: judgeSoak } = await import(new URL('soak/judge.mjs', bench).href)
const { LoadGenerator } = await import(new URL('rig/load-generator.mjs', bench).href)
const { toRatio } = await import(new URL('rig/statistics.mjs', bench).href)

describe('compare', () => {
  const least = 0.03

  test('calls a cost that every generation agrees on and noise does not explain slower', () => {
    expect(judge({ ratios: [1.08, 1.1, 1.09], noise: [1.01, 0.99, 1.02], least }).verdict).toBe('slower')
    expect(judge({ ratios: [0.9, 0.91, 0.89], noise: [1.01, 0.99, 1.02], least }).verdict).toBe('faster')
  })

  test('calls nothing a change that a second process of the same program differs by, too', () => {
    expect(judge({ ratios: [1.08, 1.1, 1.09], noise: [1.12, 1.0, 1.0], least }).verdict).toBe('same')
  })

  test('calls nothing a change that the generations do not agree on, or that is too small to care', () => {
    expect(judge({ ratios: [1.2, 0.98, 1.1], noise: [1, 1, 1], least }).verdict).toBe('same')
    expect(judge({ ratios: [1.02, 1.02, 1.02], noise: [1, 1, 1], least }).verdict).toBe('same')
  })
})

test('a ratio above 1 is cheaper than the floor of the same round', () => {
  const { median, min, max, best } = toRatio([10, 20, 30], [5, 20, 60])
  expect({ median, min, max, best }).toEqual({ median: 1, min: 0.5, max: 2, best: 2 })
})

describe('soak', () => {
  const toSamples = (heap: (i: number) => number): object[] =>
    Array.from({ length: 40 }, (_, i) => ({ rssBytes: 1e8, heapBytes: heap(i), descriptors: 30 + (i % 3) }))

  test('takes caches that fill in the first quarter for flat', () => {
    const { heap, rss, descriptors } = judgeSoak(toSamples((i) => (i < 10 ? 1e6 * i : 1e7)))
    expect([heap.isFlat, rss.isFlat, descriptors.isFlat]).toEqual([true, true, true])
  })

  test('sees a heap that keeps growing', () => {
    expect(judgeSoak(toSamples((i) => 1e7 + 5e5 * i)).heap.isFlat).toBe(false)
  })
})

describe('the load generator', () => {
  const framings: Record<string, RequestListener> = {
    'of one length': (_request, response) => response.end('answer'),
    'of many lengths': (request, response) => response.end('x'.repeat(1 + Number(request.url?.slice(1)))),
    'in chunks': (_request, response) => {
      response.write('first, ')
      response.end('second')
    }
  }

  for (const [name, listener] of Object.entries(framings)) {
    test(`counts answers ${name}`, async () => {
      let asked = 0
      const { port, close } = await listen((request, response) => {
        asked += 1
        listener(request, response)
      })
      const requests = [0, 10, 200, 3000].map((length) => ({ method: 'GET', path: `/${length}` }))
      const generator = new LoadGenerator(requests)
      await generator.open({ port, connections: 3 })
      const before = asked
      const { answers } = await generator.run(30)
      expect(answers).toBeGreaterThan(3)
      expect(answers).toBe(asked - before)
      generator.close()
      close()
    })
  }

  test('fails where an answer is none that was asked for', async () => {
    let asked = 0
    const { port, close } = await listen((_request, response) => {
      response.statusCode = asked++ < 4 ? 200 : 500
      response.end('answer')
    })
    const generator = new LoadGenerator({ method: 'GET', path: '/' })
    await generator.open({ port, connections: 1 })
    await expect(generator.run(30)).rejects.toThrow('answered HTTP/1.1 500')
    generator.close()
    close()
  })

  test('fails where the server closes a connection that it owes an answer', async () => {
    let asked = 0
    const { port, close } = await listen((request, response) => {
      if (asked++ < 4) response.end('answer')
      else request.socket.destroy()
    })
    const generator = new LoadGenerator({ method: 'GET', path: '/' })
    await generator.open({ port, connections: 1 })
    await expect(generator.run(30)).rejects.toThrow(/owed an answer|ECONNRESET/)
    generator.close()
    close()
  })
})

async function listen(listener: RequestListener): Promise<{ port: number; close: () => void }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
