/**
 * A URL pattern is a list of segments, never a string, until it is handed to Fastify.
 * `/users/user-[id]/[...rest]` is text, mixed, rest.
 */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mixed'; readonly parts: readonly Part[] }
  | { readonly kind: 'param'; readonly name: string }
  /** Everything from here on, at least one segment. Only ever the last segment. */
  | { readonly kind: 'rest'; readonly name: string }
  /** Everything from here on, or nothing. Only ever the last segment. */
  | { readonly kind: 'optional-rest'; readonly name: string }

/** A piece of a segment that mixes text and parameters. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }

/** `[]` is the root, `/`. Texts are decoded. */
export type Pattern = readonly Segment[]
