import { toMedian } from '../rig/statistics.mjs'

/**
 * Whether one side costs more than the other. Each list holds one ratio per generation (servers started anew): `after` to
 * `before`, and `before` to a second process of itself, which is the noise.
 *
 * @param {{ ratios: number[], noise: number[], least: number }} measured `least`: what is never called a change, such as 0.03.
 * @returns {{ change: number, limit: number, verdict: 'slower' | 'faster' | 'same' }} Change and limit as shares of 1.
 */
export function judge({ ratios, noise, least }) {
  const change = toMedian(ratios) - 1
  const limit = Math.max(least, ...noise.map((ratio) => Math.abs(ratio - 1)))
  const isAgreed = ratios.every((ratio) => Math.sign(ratio - 1) === Math.sign(change))
  if (!isAgreed || Math.abs(change) <= limit) return { change, limit, verdict: 'same' }
  return { change, limit, verdict: change > 0 ? 'slower' : 'faster' }
}
