import type { Candidate, Explanation } from '../routes/explain.ts'
import { alignColumns } from './align-columns.ts'
import { toMethodsText } from './routes-text.ts'
import type { Style } from './style.ts'

/** Which file answers a request, why, and who else lost. */
export function toExplanationText(explanation: Explanation, style: Style): string {
  const { candidates, middlewares } = explanation
  const lines = alignColumns(candidates.map(toCells))
  const told = candidates.flatMap((candidate, i) => [
    paint(lines[i] ?? '', candidate, style),
    `    ${candidate.reason}`
  ])
  const around = middlewares.map((file) => `middleware  ${file}`)
  return [style.bold(toVerdict(explanation)), ...told, ...around].join('\n')
}

function toVerdict({ method, path, winner, candidates, conflictFiles }: Explanation): string {
  const request = `${method} ${path}`
  if (conflictFiles.length > 0) return `${request}: 409, claimed by ${conflictFiles.join(' and ')}`
  if (winner)
    return `${request}: ${winner.redirect === undefined ? winner.file : `redirect to ${winner.redirect}`}`
  const allowed = new Set(candidates.flatMap(({ route }) => route.methods))
  return allowed.size > 0
    ? `${request}: 405, it has ${[...allowed].join(', ')}`
    : `${request}: 404, no route matches`
}

const WORDS: Readonly<Record<Candidate['outcome'], string>> = {
  wins: 'wins',
  loses: 'loses',
  'other-method': 'other method'
}

function toCells({ outcome, route, url }: Candidate): string[] {
  return [WORDS[outcome], toMethodsText(route.methods), url, route.file]
}

function paint(line: string, { outcome }: Candidate, style: Style): string {
  return outcome === 'wins' ? style.green(line) : line
}
