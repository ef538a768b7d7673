import { isDeepStrictEqual } from 'node:util'
import { LoadGenerator } from './load-generator.mjs'

/** After so many others the floor is measured again: the machine changes under a long round. */
const FLOOR_EVERY = 6
/** By answers, not by time alone: on a busy machine half a second is not enough for the compiler. */
const WARM_ANSWERS = 8000
const WARM_LIMIT_MS = 2000

/** One question put to one running program: checks its answer once, warms it up, and is measured window by window. */
export class Lane {
  /** @param {{ program: object, id: string, request: object | object[], expected?: unknown, text?: string }} options */
  constructor({ program, id, request, expected, text }) {
    this.program = program
    this.id = id
    this.costsUs = []
    this.perSecond = []
    /** What the floor cost around each window. */
    this.floorsUs = []
    this.request = request
    this.wanted = { expected, text }
    this.generator = new LoadGenerator(request)
  }

  async warmUp(connections, { least = WARM_ANSWERS, limitMs = WARM_LIMIT_MS } = {}) {
    const { program } = this
    program.resume()
    await this.#check()
    await this.generator.open({ port: program.port, connections })
    const end = performance.now() + limitMs
    for (let answers = 0; answers < least && performance.now() < end;)
      answers += (await this.generator.run(200)).answers
    this.generator.close()
    program.pause()
  }

  async #check() {
    const { method, path, body } = [this.request].flat()[0]
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${this.program.port}${path}`, { method, body, headers })
    const received = await answer.text()
    const { expected, text } = this.wanted
    const isRight = text === undefined ? isDeepStrictEqual(JSON.parse(received), expected) : received === text
    if (isRight) return
    throw new Error(`${this.program.name} answered ${method} ${path} with ${received.slice(0, 200)}`)
  }

  /** New connections each time: a server that was stopped for a minute may have closed those it had. */
  async measure({ connections, windowMs, warmMs }) {
    const { program, generator } = this
    program.resume()
    await generator.open({ port: program.port, connections })
    await generator.run(warmMs)
    const before = program.readCpuUs()
    const { answers, ms } = await generator.run(windowMs)
    const costUs = (program.readCpuUs() - before) / answers
    generator.close()
    program.pause()
    return { costUs, perSecond: (answers / ms) * 1000 }
  }
}

/**
 * Interleaved rounds over all lanes; the order turns, so that nobody is always first. The floor is measured before, between
 * and after, and each window is held against the floor's around it. A lane that fails has its `error` from then on, and
 * the others go on.
 */
export async function measureRounds(lanes, { floor, rounds, ...window }) {
  for (let round = 0; round < rounds; round++) {
    const turn = round % lanes.length
    const order = [...lanes.slice(turn), ...lanes.slice(0, turn)].filter((lane) => lane !== floor)
    let before = await measureInto(floor, window)
    for (let first = 0; first < order.length; first += FLOOR_EVERY) {
      const group = order.slice(first, first + FLOOR_EVERY).filter(({ error }) => error === undefined)
      for (const lane of group) await attempt(lane, window)
      const after = await measureInto(floor, window)
      for (const lane of group) lane.floorsUs.push((before + after) / 2)
      before = after
    }
  }
  floor.floorsUs.push(...floor.costsUs)
}

async function attempt(lane, window) {
  try {
    await measureInto(lane, window)
  } catch (error) {
    lane.error = error
    lane.generator.close()
    lane.program.pause()
  }
}

async function measureInto(lane, window) {
  const { costUs, perSecond } = await lane.measure(window)
  lane.costsUs.push(costUs)
  lane.perSecond.push(perSecond)
  return costUs
}
