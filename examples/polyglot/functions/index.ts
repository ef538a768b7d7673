interface Service {
  language: string
  request: string
  does: string
  /** Where it can be seen with a click; the others are to be sent something. */
  link?: string
}

const services: readonly Service[] = [
  {
    language: 'Python',
    request: 'GET /words/:text',
    does: 'counts words',
    link: '/words/to%20be%20or%20not'
  },
  {
    language: 'PHP',
    request: 'GET /slug/*',
    does: 'makes a URL of a title',
    link: '/slug/Caf%C3%A9%20cr%C3%A8me'
  },
  { language: 'Lua', request: 'POST /match', does: 'streams what a pattern finds' },
  { language: 'Go', request: 'POST /checksum', does: 'takes the checksums of any bytes' },
  { language: 'Rust', request: 'POST /diff', does: 'compares two texts line by line' }
]

/** What the desk can do. */
export function handler(): { services: readonly Service[] } {
  return { services }
}
