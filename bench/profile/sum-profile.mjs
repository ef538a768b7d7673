/** What a function's time is counted as, by where it comes from; the first that fits. */
const PLACES = [
  { name: 'handler', fits: ({ url }) => url.includes('/bench/trees/') },
  { name: 'bench server', fits: ({ url }) => url.includes('/bench/') },
  { name: 'Treeway', fits: ({ url }) => url.includes('/dist/') },
  { name: 'router', fits: ({ url }) => url.includes('/find-my-way/') },
  { name: 'srvx', fits: ({ url }) => url.includes('/srvx/') },
  { name: 'Fastify', fits: ({ url }) => url.includes('/node_modules/') },
  { name: 'garbage collector', fits: ({ functionName }) => functionName === '(garbage collector)' },
  { name: "Node's JavaScript", fits: ({ url }) => url.startsWith('node:') },
  // Without a place: system calls, the HTTP parser, the event loop, V8's own functions.
  { name: 'native', fits: () => true }
]

export const places = PLACES.map(({ name }) => name)

/**
 * Self time by place and by function of Treeway's, as shares of the time in which something ran.
 *
 * @param {{ nodes: object[], samples: number[] }} profile As V8 writes it.
 */
export function sumProfile({ nodes, samples }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const shares = new Map(places.map((name) => [name, 0]))
  const own = new Map()
  const busy = samples.map((id) => frames.get(id)).filter(({ functionName }) => functionName !== '(idle)')
  for (const frame of busy) {
    const { name } = PLACES.find(({ fits }) => fits(frame))
    shares.set(name, shares.get(name) + 1 / busy.length)
    if (name !== 'Treeway' && name !== 'srvx') continue
    const key = `${frame.functionName || '(anonymous)'} ${frame.url.split('/').at(-1)}`
    own.set(key, (own.get(key) ?? 0) + 1 / busy.length)
  }
  return { shares, own }
}
