/** What a file may lie on disk as, beside itself. Best first. */
export const encodings = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' }
] as const

export type EncodingName = (typeof encodings)[number]['name']

/**
 * The best of what is there for an Accept-Encoding header: highest weight, brotli on a tie.
 * Undefined: send it as it is, which every client must expect (RFC 9110 section 12.5.3).
 */
export function chooseEncoding(
  available: readonly EncodingName[],
  accepted: string | string[] | undefined
): EncodingName | undefined {
  if (available.length === 0 || accepted === undefined) return undefined
  const weights = parseWeights(String(accepted))
  let best: EncodingName | undefined
  let bestWeight = 0
  for (const name of available) {
    const weight = weights.get(name) ?? weights.get('*') ?? 0
    if (weight > bestWeight) {
      best = name
      bestWeight = weight
    }
  }
  return bestWeight < (weights.get('identity') ?? 0) ? undefined : best
}

function parseWeights(accepted: string): Map<string, number> {
  const weights = new Map<string, number>()
  for (const item of accepted.split(',')) {
    const [name = '', ...parameters] = item.split(';')
    const written = parameters
      .map((parameter) => parameter.trim().toLowerCase())
      .find((parameter) => parameter.startsWith('q='))
    const weight = written === undefined ? 1 : Number(written.slice(2))
    weights.set(name.trim().toLowerCase(), Number.isNaN(weight) ? 0 : weight)
  }
  return weights
}
