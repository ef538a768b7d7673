import type { Readable } from 'node:stream'

const MAX_LINE_CHARACTERS = 16 * 1024

/** Calls `onLine` for each line of a text stream; a line longer than 16,384 characters comes in pieces. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    if (rest.length < MAX_LINE_CHARACTERS) return
    onLine(rest)
    rest = ''
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
  // a broken pipe is the end of a process, which its exit tells
  stream.on('error', () => {})
}
