import { Lane, measureRounds } from '../rig/measure.mjs'
import { Program } from '../rig/program.mjs'
import { toMedian } from '../rig/statistics.mjs'
import { listSubjects, toNodeArgs } from './subjects.mjs'

const CONNECTIONS = 64
/** Below three per cent nobody would notice, and two processes of one program differ by as much. */
const LEAST = 0.03

/** CPU time per request of both sides, and of a second process of the old one, in interleaved rounds. */
export async function measureTime({ before, after }, { wanted, generations, rounds, seconds }) {
  const windowMs = Number(seconds) * 1000
  const window = { rounds: Number(rounds), windowMs, warmMs: windowMs, connections: CONNECTIONS }
  const rows = []
  for (const { tree, cases } of listSubjects(wanted)) {
    // One generation can not tell a change from a process that started badly.
    const least = Number(generations) > 1 ? LEAST : Infinity
    const own = cases.map(({ id }) => createRow(`${tree}, ${id}`, least))
    for (let i = 0; i < Number(generations); i++)
      await runGeneration({ dirs: [before, before, after], tree, cases, rows: own, window })
    console.error(`${tree} done`)
    rows.push(...own)
  }
  return rows.map(({ costs, ...row }) => ({
    ...row,
    before: toMedian(costs.before),
    after: toMedian(costs.after)
  }))
}

/** Everything started anew: a process keeps for life what it happened to get at its start. */
async function runGeneration({ dirs, tree, cases, rows, window }) {
  const programs = await startAll(dirs, tree)
  try {
    for (const [index, one] of cases.entries()) addRatios(rows[index], await measure(programs, one, window))
  } finally {
    for (const program of programs) await program.stop()
  }
}

function createRow(name, least) {
  return { name, ratios: [], noise: [], least, costs: { before: [], after: [] } }
}

async function startAll(dirs, tree) {
  const programs = []
  for (const [index, dir] of dirs.entries()) {
    const command = () => [process.execPath, ...toNodeArgs(dir, tree)]
    programs.push(await new Program({ name: `${tree} ${index}`, command }).start())
    programs.at(-1).pause()
  }
  return programs
}

async function measure(programs, one, window) {
  const lanes = programs.map((program, index) => new Lane({ ...one, program, id: String(index) }))
  for (const lane of lanes) await lane.warmUp(CONNECTIONS)
  await measureRounds(lanes, { floor: lanes[0], ...window })
  return lanes
}

function addRatios(row, [before, again, after]) {
  const ratioOf = ({ costsUs, floorsUs }) => toMedian(costsUs.map((cost, i) => cost / floorsUs[i]))
  row.ratios.push(ratioOf(after))
  row.noise.push(ratioOf(again))
  row.costs.before.push(...before.costsUs)
  row.costs.after.push(...after.costsUs)
}
