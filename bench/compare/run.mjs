// What got slower since another commit, beyond noise; exit code 1 if something did. Without `other` the working tree is held
// against `ref`, which is where the branch left main, or on main the commit before.
// npm run bench -- compare [ref [other]] [--instructions] [--generations 3] [--rounds 6] [--seconds 0.1] [--only a,b] [--quick]
import { parseArgs } from 'node:util'
import { describeMachine, pinSelf } from '../rig/machine.mjs'
import { printTable } from '../rig/report.mjs'
import { buildHere, checkOut, describeCommit, findCommit, root } from './checkout.mjs'
import { judge } from './judge.mjs'
import { measureInstructions } from './measure-instructions.mjs'
import { measureTime } from './measure-time.mjs'

const text = { type: 'string' }
const flag = { type: 'boolean', default: false }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generations: text, rounds: text, seconds: text, only: text, instructions: flag, quick: flag }
})
const quick = values.quick ? { generations: 1, rounds: 1, seconds: 0.05 } : {}
const settings = { generations: 3, rounds: 6, seconds: 0.1, ...quick, ...values }
const wanted = values.only?.split(',')

const [ref, other] = positionals
const commits = [findCommit(ref), ...(other === undefined ? [] : [findCommit(other)])]
console.log(
  `${commits.map(describeCommit).join(' against ')}${other ? '' : ' against the working tree'}. ${describeMachine()}.`
)
if (other === undefined) buildHere()
const [before, after = root] = commits.map((commit) => {
  const { dir, remove } = checkOut(commit)
  process.on('exit', remove)
  return dir
})
const sides = { before, after }
if (!values.instructions) pinSelf(1)
const rows = values.instructions
  ? await measureInstructions(sides, { wanted, isQuick: values.quick })
  : await measureTime(sides, { wanted, ...settings })
report(rows)

function report(all) {
  const judged = all.map((row) => ({ ...row, ...judge(row) }))
  const toPercent = (share) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`
  const unit = values.instructions ? 'instructions' : 'us CPU'
  const head = ['', `${unit} before`, 'after', 'change', 'noise', 'verdict']
  const cells = judged.map(({ name, before, after, change, limit, verdict }) => [
    name,
    before.toFixed(1),
    after.toFixed(1),
    toPercent(change),
    `${(limit * 100).toFixed(1)} %`,
    verdict
  ])
  console.log(printTable([head, ...cells]))
  const slower = judged.filter(({ verdict }) => verdict === 'slower').map(({ name }) => name)
  console.log(slower.length > 0 ? `Slower: ${slower.join(', ')}.` : 'Nothing is slower.')
  process.exitCode = slower.length > 0 ? 1 : 0
}
