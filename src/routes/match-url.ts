import { toShape } from './format-pattern.ts'
import { toMixedRegex } from './mixed-segment.ts'
import type { Pattern, Segment } from './pattern.ts'

/** Finds all entries whose pattern matches a path, best first. Used where Fastify's router has no answer to give. */
export interface UrlMatcher<T> {
  /** `path`: canonical, without query. Segments that do not decode match nothing. */
  match(path: string): T[]
}

interface Node<T> {
  readonly texts: Map<string, Node<T>>
  readonly mixed: { readonly regex: RegExp; readonly key: string; readonly node: Node<T> }[]
  param: Node<T> | undefined
  /** Entries whose pattern ends here. */
  readonly ends: T[]
  readonly rests: T[]
  readonly optionalRests: T[]
}

/**
 * Builds a matcher over entries that are in order of precedence. It follows the same rules as Fastify's router does for
 * our patterns: text, mixed, parameter, rest, optional rest, decided from the left; a parameter is never empty.
 */
export function createUrlMatcher<T extends { readonly pattern: Pattern }>(
  entries: readonly T[]
): UrlMatcher<T> {
  const root = createNode<T>()
  for (const entry of entries) insert(root, entry, entry.pattern)
  return {
    match(path) {
      const segments = toSegments(path)
      return segments ? collect(root, segments, 0) : []
    }
  }
}

/** As `createUrlMatcher`, for entries that hold for their URL and everything below it: plugins, middleware. */
export function createPrefixMatcher<T extends { readonly pattern: Pattern }>(
  entries: readonly T[]
): UrlMatcher<T> {
  const below = { kind: 'optional-rest', name: 'rest' } as const
  const matcher = createUrlMatcher(entries.map((entry) => ({ entry, pattern: [...entry.pattern, below] })))
  return { match: (path) => matcher.match(path).map(({ entry }) => entry) }
}

/** The decoded segments of a canonical path, a trailing slash dropped; undefined where one does not decode. */
export function toSegments(path: string): string[] | undefined {
  const trimmed = path.replace(/^\/|\/$/g, '')
  if (trimmed === '') return []
  try {
    return trimmed.split('/').map((segment) => decodeURIComponent(segment))
  } catch {
    return undefined
  }
}

function createNode<T>(): Node<T> {
  return { texts: new Map(), mixed: [], param: undefined, ends: [], rests: [], optionalRests: [] }
}

function insert<T>(root: Node<T>, entry: T, pattern: Pattern): void {
  let node = root
  for (const segment of pattern) {
    if (segment.kind === 'rest') {
      node.rests.push(entry)
      return
    }
    if (segment.kind === 'optional-rest') {
      node.optionalRests.push(entry)
      return
    }
    node = toChild(node, segment)
  }
  node.ends.push(entry)
}

function toChild<T>(node: Node<T>, segment: Exclude<Segment, { kind: 'rest' | 'optional-rest' }>): Node<T> {
  if (segment.kind === 'param') return (node.param ??= createNode())
  if (segment.kind === 'text') {
    const child = node.texts.get(segment.text) ?? createNode<T>()
    node.texts.set(segment.text, child)
    return child
  }
  const key = toShape([segment])
  const known = node.mixed.find((child) => child.key === key)
  if (known) return known.node
  const child = { key, regex: toMixedRegex(segment.parts), node: createNode<T>() }
  node.mixed.push(child)
  return child.node
}

function collect<T>(node: Node<T>, segments: readonly string[], index: number): T[] {
  const segment = segments[index]
  if (segment === undefined) return [...node.ends, ...node.optionalRests]
  const found: T[] = []
  const text = node.texts.get(segment)
  if (text) found.push(...collect(text, segments, index + 1))
  for (const { regex, node: child } of node.mixed) {
    if (regex.test(segment)) found.push(...collect(child, segments, index + 1))
  }
  if (node.param && segment !== '') found.push(...collect(node.param, segments, index + 1))
  found.push(...node.rests, ...node.optionalRests)
  return found
}
