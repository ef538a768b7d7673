/** The value below which `share` of the values lie. */
export function toQuantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * share)]
}

export function toMedian(values) {
  return toQuantile(values, 0.5)
}

/**
 * How a list of costs stands to the floor's costs of the same rounds; above 1 is cheaper than the floor.
 * `best` compares the cheap ends (10th percentile): whatever else runs on the machine only ever adds cost, so it is
 * the steadiest figure.
 */
export function toRatio(floorCosts, costs) {
  const ratios = costs.map((cost, round) => floorCosts[round] / cost)
  return {
    median: toMedian(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    best: toQuantile(floorCosts, 0.1) / toQuantile(costs, 0.1)
  }
}
