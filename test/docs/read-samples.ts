import { readFileSync } from 'node:fs'

/** The samples of one section of a page: files, and what is asked of them. */
export interface Section {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly exchanges: readonly Exchange[]
}

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly status: number
  readonly answer: string | undefined
  readonly answerHeaders: Readonly<Record<string, string>>
}

const FENCE = /^```([^\n]*)\n([\s\S]*?)^```$/gm
const FILE_COMMENT = /^(?:\/\/|#|--) ([\w./[\]:+-]+\.\w+)\n/

/**
 * Samples are fenced blocks that begin with a comment naming a file; a block may hold several. `http` blocks hold
 * requests, each with its answer below:
 *
 *     POST /users {"name":"Ada"}
 *     201 {"id":1}
 *     location: /users/1
 */
export function readSections(page: string): Section[] {
  const text = readFileSync(page, 'utf8')
  return text
    .split(/^(?=##+ )/m)
    .map(toSection)
    .filter(({ files }) => Object.keys(files).length > 0)
}

function toSection(text: string): Section {
  const blocks = [...text.matchAll(FENCE)].map(([, language = '', code = '']) => ({ language, code }))
  return {
    title: /^##+ (.*)/.exec(text)?.[1] ?? 'Introduction',
    files: Object.fromEntries(
      blocks.filter(({ language }) => language !== 'http').flatMap(({ code }) => toFiles(code))
    ),
    exchanges: blocks.filter(({ language }) => language === 'http').flatMap(({ code }) => toExchanges(code))
  }
}

function toFiles(code: string): [string, string][] {
  const parts = code.split(/^(?=(?:\/\/|#|--) [\w./[\]:+-]+\.\w+\n)/m)
  return parts.flatMap((part) => {
    const name = FILE_COMMENT.exec(part)?.[1]
    return name === undefined ? [] : [[name, part.slice(part.indexOf('\n') + 1)] as [string, string]]
  })
}

function toExchanges(code: string): Exchange[] {
  return code
    .split(/^(?=[A-Z]+ \/)/m)
    .filter((part) => part.trim() !== '')
    .map(toExchange)
}

function toExchange(text: string): Exchange {
  const lines = text.trimEnd().split('\n')
  const split = lines.findIndex((line) => /^\d{3}\b/.test(line))
  const [, method = '', path = '', body] = /^(\S+) (\S+)(?: (.*))?$/.exec(lines[0] ?? '') ?? []
  const [, status = '', answer] = /^(\d{3})(?: (.*))?$/.exec(lines[split] ?? '') ?? []
  return {
    method,
    path,
    headers: toHeaders(lines.slice(1, split)),
    body,
    status: Number(status),
    answer,
    answerHeaders: toHeaders(lines.slice(split + 1))
  }
}

function toHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
  )
}
