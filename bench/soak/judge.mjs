import { toMedian } from '../rig/statistics.mjs'

/** Of a heap that has not grown, garbage not yet collected is the rest. */
const MEMORY_LIMIT = 0.15
/** Sockets of requests that are in flight at the moment. */
const DESCRIPTOR_LIMIT = 16

/**
 * Whether a value stayed flat: the median of the last quarter against that of the second one. The first quarter is the
 * warm-up, in which caches fill.
 *
 * @param {{ rssBytes: number, heapBytes: number, descriptors: number }[]} samples
 */
export function judge(samples) {
  const quarter = Math.floor(samples.length / 4)
  const early = samples.slice(quarter, 2 * quarter)
  const late = samples.slice(-quarter)
  const median = (list, key) => toMedian(list.map((sample) => sample[key]))
  const grown = (key) => median(late, key) - median(early, key)
  const share = (key) => grown(key) / median(early, key)
  return {
    rss: { share: share('rssBytes'), isFlat: share('rssBytes') <= MEMORY_LIMIT },
    heap: { share: share('heapBytes'), isFlat: share('heapBytes') <= MEMORY_LIMIT },
    descriptors: { count: grown('descriptors'), isFlat: grown('descriptors') <= DESCRIPTOR_LIMIT }
  }
}
