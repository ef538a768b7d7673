// npm run bench: all. npm run bench -- --quick: does all of it work? npm run bench -- NAME [options]: one of them; bench/README.md
// says what each is, how long it takes, and what it can be told.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** In the order in which all of them run. */
const BENCHES = ['http', 'pages', 'languages', 'scale', 'reload', 'processes', 'soak']
/** Only when asked for by name. */
const OTHERS = ['openapi', 'styles', 'phases', 'profile', 'compare', 'instructions', 'workers', 'lean-lane']

/** The shortest run of those that have no --quick of their own. */
const SHORTEST = { languages: ['--generations', '1', '--rounds', '1'] }

const [name, ...args] = process.argv.slice(2)
const isNamed = name !== undefined && !name.startsWith('-')
const isQuick = name === '--quick'
const wanted = isNamed ? [name] : BENCHES.filter((each) => existsSync(toFile(each)))

for (const each of wanted) {
  if (!existsSync(toFile(each))) {
    console.error(`There is no bench "${each}"; there are ${[...BENCHES, ...OTHERS].join(', ')}.`)
    process.exit(2)
  }
  const options = isNamed ? args : isQuick ? (SHORTEST[each] ?? ['--quick']) : []
  const { status } = spawnSync(process.execPath, [toFile(each), ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = status ?? 1
}

function toFile(bench) {
  return fileURLToPath(new URL(`${bench}/run.mjs`, import.meta.url))
}
