import { setFlagsFromString } from 'node:v8'

interface Tuning {
  /** What both settings have in them. */
  readonly name: string
  readonly loading: string
  readonly afterwards: string
}

/**
 * All that a big tree allocates while it is loaded stays, so V8 concludes that requests, their headers and streams will
 * stay as well, puts them with the old objects for as long as the process lives, and collects them at several times the
 * price: measured with 1,000 files, 40 us a request became 68.
 */
const PRETENURING: Tuning = {
  name: 'allocation-site-pretenuring',
  loading: '--no-allocation-site-pretenuring',
  afterwards: '--allocation-site-pretenuring'
}

/**
 * V8 11 (Node 20) sends what registers routes to its optimizing compiler after a few dozen of them, and is done with it
 * when the last is there: a fifth of the CPU time of a start with 1,000 routes. Ten times the budget is what 10,000 use up,
 * and afterwards it is V8's own again. Newer versions take their time of themselves.
 */
const OPTIMIZING: Tuning = {
  name: 'interrupt-budget',
  loading: '--interrupt-budget=675840',
  afterwards: '--interrupt-budget=67584'
}

const TUNINGS = process.versions.v8.startsWith('11.') ? [PRETENURING, OPTIMIZING] : [PRETENURING]

/** Runs `load` while V8 is told not to learn from it. What the process was started with stays as it is. */
export async function whileLoading<T>(load: () => Promise<T>): Promise<T> {
  const tunings = TUNINGS.filter(({ name }) => !process.execArgv.some((argument) => argument.includes(name)))
  for (const { loading } of tunings) setFlagsFromString(loading)
  try {
    return await load()
  } finally {
    for (const { afterwards } of tunings) setFlagsFromString(afterwards)
  }
}
