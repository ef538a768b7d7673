import { InstructionCounter } from '../rig/instruction-counter.mjs'
import { toMedian } from '../rig/statistics.mjs'
import { listSubjects, toNodeArgs } from './subjects.mjs'

const FULL = { warmRequests: 12_000, windowRequests: 1000, windows: 5 }
const QUICK = { warmRequests: 300, windowRequests: 100, windows: 2 }
/** Two runs of one program differ by less. */
const LEAST = 0.01

/** Instructions per request of both sides, one on each core: a busy machine does not disturb it. */
export async function measureInstructions({ before, after }, { wanted, isQuick }) {
  const window = isQuick ? QUICK : FULL
  const rows = []
  for (const { tree, cases } of listSubjects(wanted)) {
    const counts = await Promise.all(
      [before, after].map((dir, core) => countAll({ dir, core, tree, cases, window }))
    )
    for (const [index, { id }] of cases.entries()) {
      const [old, now] = counts.map((own) => toMedian(own[index]))
      rows.push({
        name: `${tree}, ${id}`,
        before: old,
        after: now,
        ratios: [now / old],
        noise: [],
        least: LEAST
      })
    }
    console.error(`${tree} done`)
  }
  return rows
}

async function countAll({ dir, core, tree, cases, window }) {
  const path = cases[0].request.path
  const counter = await new InstructionCounter({
    name: tree,
    nodeArgs: toNodeArgs(dir, tree),
    core,
    path
  }).start()
  try {
    const counts = []
    for (const { request } of cases) counts.push(await counter.measure(request, window))
    return counts
  } finally {
    await counter.stop()
  }
}
