import type { Convention, SourceFile } from './convention.ts'
import { fastfn } from './fastfn.ts'
import { gadget } from './gadget.ts'
import { pages } from './pages.ts'

/** In the order they are asked: the name decides first, then the exports; everything else is FastFN's. */
export const conventions: readonly Convention[] = [gadget, pages, fastfn]

export function pickConvention(file: SourceFile): Convention {
  return conventions.find((convention) => convention.isMatch(file)) ?? fastfn
}
