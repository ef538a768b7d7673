/** The known name nearest to what was typed, or none that is near enough to be meant. */
export function findGuess(typed: string, known: Iterable<string>): string | undefined {
  const wanted = toPlain(typed)
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = toDistance(wanted, toPlain(name))
    if (best === undefined || distance < best.distance) best = { name, distance }
  }
  if (best === undefined) return undefined
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, best.name.length) / 3))
  return best.distance <= limit ? best.name : undefined
}

/** `Did you mean "port"?` as a fix, or the fallback. */
export function toGuessFix(typed: string, known: Iterable<string>, fallback: string): string {
  const guess = findGuess(typed, known)
  return guess === undefined ? fallback : `Did you mean "${guess}"?`
}

/** Case and separators are the commonest slips, so they cost nothing. */
function toPlain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** Edits (insert, remove, replace, swap two neighbours) from one text to the other. */
export function toDistance(from: string, to: string): number {
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[to.length] ?? 0
}
