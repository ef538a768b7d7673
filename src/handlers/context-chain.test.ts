import { describe, expect, it } from 'vitest'
import { runChain } from './context-chain.ts'
import type { Chain, EventContext } from './context-chain.ts'

type Call = (context: EventContext) => unknown

interface Setup extends Partial<Omit<Chain, 'steps'>> {
  readonly request?: Request
}

async function run(
  calls: readonly Call[],
  { request = new Request('http://x/a'), ...chain }: Setup = {}
): Promise<string> {
  const steps = calls.map((call) => ({ call, functionPath: '/a', params: {} }))
  const fallback: Chain['fallback'] = async (requests) =>
    new Response(`fallback ${new URL(requests.toStep().url).pathname}`)
  const answer = await runChain(
    { env: {}, waitUntil: () => undefined, fallback, ...chain, steps },
    { toStep: () => request }
  )
  return answer.text()
}

const wrap =
  (name: string): Call =>
  async ({ next }) =>
    new Response(`${name}(${await (await next()).text()})`)

describe('a chain of functions', () => {
  it('runs from the first to the last, each around the next', async () => {
    expect(await run([wrap('a'), wrap('b'), () => new Response('end')])).toBe('a(b(end))')
  })

  it('ends at whoever does not call next', async () => {
    expect(await run([() => new Response('stop'), () => new Response('never')])).toBe('stop')
  })

  it('goes on to what lies behind it', async () => {
    expect(await run([wrap('a')])).toBe('a(fallback /a)')
    expect(await run([])).toBe('fallback /a')
  })

  it('goes one step further with each next, also when one function calls it twice', async () => {
    const twice: Call = async ({ next }) =>
      new Response(`${await (await next()).text()}, ${await (await next()).text()}`)
    expect(await run([twice, () => new Response('one'), () => new Response('two')])).toBe('one, two')
    expect(await run([twice, () => new Response('one')])).toBe('one, fallback /a')
  })

  it('hands another URL on as a fresh GET, and another request as it is', async () => {
    const show: Call = async ({ request }) =>
      new Response(`${request.method} ${new URL(request.url).pathname}`)
    const request = new Request('http://x/a', { method: 'POST', body: 'b' })
    expect(await run([({ next }) => next('/other'), show], { request })).toBe('GET /other')
    const changed: Call = ({ next }) => next(new Request('http://x/c', { method: 'PUT', body: 'z' }))
    expect(await run([changed, show], { request })).toBe('PUT /c')
    expect(await run([({ next }) => next('/other')], { request })).toBe('fallback /other')
  })

  it('lets each function change the headers of what came back', async () => {
    const add: Call = async ({ next }) => {
      const answer = await next()
      answer.headers.set('x-added', 'yes')
      return answer
    }
    const chain: Chain = {
      steps: [{ call: add, functionPath: '/', params: {} }],
      env: {},
      waitUntil: () => undefined,
      fallback: async () => Response.redirect('http://x/elsewhere')
    }
    const answer = await runChain(chain, { toStep: () => new Request('http://x/a') })
    expect([answer.status, answer.headers.get('x-added')]).toEqual([302, 'yes'])
  })
})

describe('context.data', () => {
  it('is shared along the chain, and replaced by assignment', async () => {
    const write: Call = ({ data, next }) => {
      data['a'] = 1
      return next()
    }
    const replace: Call = (context) => {
      context.data = { ...context.data, b: 2 }
      return context.next()
    }
    const read: Call = ({ data }) => Response.json(data)
    expect(await run([write, replace, read])).toBe('{"a":1,"b":2}')
  })

  it('must stay an object', async () => {
    const bad: Call = (context) => {
      context.data = 'text' as never
      return context.next()
    }
    await expect(run([bad])).rejects.toMatchObject({ code: 'TREEWAY_ANSWER_INVALID' })
  })

  it('comes from an outer chain where there is one', async () => {
    expect(await run([({ data }) => Response.json(data)], { data: { value: { outer: true } } })).toBe(
      '{"outer":true}'
    )
  })
})

describe('a function that fails', () => {
  it.each<[string, Call]>([
    [
      'throws',
      () => {
        throw new Error('no')
      }
    ],
    [
      'rejects',
      async () => {
        throw new Error('no')
      }
    ]
  ])('and %s fails the chain', async (_how, call) => {
    await expect(run([wrap('a'), call])).rejects.toThrow('no')
  })

  it('can be caught by the one around it', async () => {
    const rescue: Call = async ({ next }) =>
      next().catch((error: Error) => new Response(`caught ${error.message}`))
    expect(
      await run([
        rescue,
        () => {
          throw new Error('no')
        }
      ])
    ).toBe('caught no')
  })

  it.each<[string, Call]>([
    [
      'throws',
      (context) => {
        context.passThroughOnException()
        throw new Error('no')
      }
    ],
    [
      'rejects',
      async (context) => {
        context.passThroughOnException()
        throw new Error('no')
      }
    ],
    [
      'answers with something else',
      (context) => {
        context.passThroughOnException()
        return 'text'
      }
    ]
  ])('and %s, having asked to be passed over, is replaced by what lies behind', async (_how, call) => {
    expect(await run([wrap('a'), call])).toBe('fallback /a')
  })

  it.each<readonly [unknown, string]>([
    ['text', 'string'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ status: 200 }, 'object']
  ])('to answer with a Response, and returns %j, is told so', async (value, received) => {
    await expect(run([() => value])).rejects.toThrow(`it returned ${received}`)
  })
})

describe('the rest of the context', () => {
  it('is params, path, env and waitUntil of the step', async () => {
    const work: Promise<unknown>[] = []
    const show: Call = ({ env, functionPath, params, waitUntil }) => {
      waitUntil(Promise.resolve('later'))
      return Response.json({ env, functionPath, params })
    }
    const shown = await run([show], { env: { KEY: '1' }, waitUntil: (one) => void work.push(one) })
    expect(JSON.parse(shown)).toEqual({ env: { KEY: '1' }, functionPath: '/a', params: {} })
    expect(await Promise.all(work)).toEqual(['later'])
  })
})
