import { join } from 'node:path'
import { cases } from '../http/cases.mjs'

const STYLES = ['reply', 'event', 'context', 'web']

/** What is compared: each style with its cases, and the static file. `wanted` may name trees and cases. */
export function listSubjects(wanted) {
  const has = (ids) => wanted === undefined || ids.some((id) => wanted.includes(id))
  const known = (ids) => cases.filter(({ id }) => ids.includes(id))
  const trees = [
    ...STYLES.map((tree) => ({ tree, cases: known(['hello', 'parameter', 'echo', 'orders']) })),
    { tree: 'files', cases: known(['file']) }
  ]
  const isCase = wanted?.some((id) => cases.some((one) => one.id === id)) ?? false
  const isTree = wanted?.some((id) => trees.some(({ tree }) => tree === id)) ?? false
  return trees
    .filter(({ tree }) => !isTree || has([tree]))
    .map((subject) => ({ ...subject, cases: subject.cases.filter(({ id }) => !isCase || has([id])) }))
    .filter((subject) => subject.cases.length > 0)
}

/** As after `node`: the server of this bench, in that checkout, with that tree. */
export function toNodeArgs(dir, tree) {
  return [join(dir, 'bench/servers/treeway.mjs'), join(dir, 'bench/trees', tree)]
}
