export interface Link {
  readonly code: string
  readonly target: string
  visits: number
}

export interface NewLink {
  readonly code?: string
  readonly target: string
}

const links = new Map<string, Link>()

export function createLink({ code = toCode(links.size + 1), target }: NewLink): Link {
  const link: Link = { code, target, visits: 0 }
  links.set(code, link)
  return link
}

export const findLink = (code: string): Link | undefined => links.get(code)
export const listLinks = (): Link[] => [...links.values()]
export const removeLink = (code: string): boolean => links.delete(code)

function toCode(number: number): string {
  return number.toString(36).padStart(3, '0')
}
