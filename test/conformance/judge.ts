import { isDeepStrictEqual } from 'node:util'
import type { Expectation, LogPattern } from './case.ts'
import type { RawAnswer } from './raw-request.ts'

export interface JudgeOptions {
  /** FastFN's error bodies are its own: for 400 and up only the status counts. */
  readonly statusOnlyForErrors: boolean
}

/** What an answer lacks or has too much of; empty when it is as the case wants it. */
export function judge(answer: RawAnswer, wanted: Expectation, options: JudgeOptions): string[] {
  const faults = judgeStatus(answer, wanted)
  const isError = (wanted.status ?? 0) >= 400
  if (!(options.statusOnlyForErrors && isError)) faults.push(...judgeBody(answer, wanted))
  return [...faults, ...judgeJson(answer, wanted), ...judgeHeaders(answer, wanted)]
}

function judgeStatus({ status }: RawAnswer, wanted: Expectation): string[] {
  const allowed = wanted.statusOneOf ?? (wanted.status === undefined ? undefined : [wanted.status])
  return allowed && !allowed.includes(status) ? [`status ${status}, want ${allowed.join(' or ')}`] : []
}

function judgeBody({ body }: RawAnswer, wanted: Expectation): string[] {
  const faults: string[] = []
  if (wanted.body !== undefined && body !== wanted.body)
    faults.push(`body ${JSON.stringify(body)}, want ${JSON.stringify(wanted.body)}`)
  for (const text of [wanted.bodyIncludes ?? []].flat())
    if (!body.includes(text)) faults.push(`body lacks ${text}: ${body}`)
  for (const text of [wanted.bodyExcludes ?? []].flat())
    if (body.includes(text)) faults.push(`body has ${text}`)
  return faults
}

function judgeJson({ body }: RawAnswer, wanted: Expectation): string[] {
  const value = parseJson(body)
  if (wanted.json !== undefined && !isDeepStrictEqual(value, wanted.json))
    return [`json ${body}, want ${JSON.stringify(wanted.json)}`]
  if (wanted.jsonIncludes !== undefined && !isSubset(value, wanted.jsonIncludes)) {
    return [`json ${body}, want at least ${JSON.stringify(wanted.jsonIncludes)}`]
  }
  return []
}

function judgeHeaders({ headers }: RawAnswer, wanted: Expectation): string[] {
  const faults: string[] = []
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    const got = headers[name.toLowerCase()] ?? []
    if (!isHeader(name, got, value))
      faults.push(`header ${name}: ${got.join(', ')}, want ${JSON.stringify(value)}`)
  }
  for (const [name, pattern] of Object.entries(wanted.headersMatch ?? {})) {
    if (!new RegExp(pattern).test((headers[name] ?? []).join(', ')))
      faults.push(`header ${name} does not match ${pattern}`)
  }
  for (const name of wanted.headersAbsent ?? []) if (headers[name]) faults.push(`header ${name} is there`)
  return faults
}

function isHeader(name: string, got: readonly string[], wanted: unknown): boolean {
  const one = got.join(', ')
  if (Array.isArray(wanted)) return isDeepStrictEqual([...got], wanted)
  if (typeof wanted === 'object' && wanted !== null && 'includes' in wanted)
    return one.includes(String(wanted.includes))
  if (name === 'content-type') return one === wanted || one.startsWith(`${String(wanted)};`)
  if (name === 'allow') return toList(String(wanted)).every((method) => toList(one).includes(method))
  return one === String(wanted)
}

function toList(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}

export function hasLogLine(lines: readonly string[], pattern: LogPattern): boolean {
  if (typeof pattern === 'string') return lines.join('').includes(pattern)
  const wanted = 'has' in pattern ? pattern['has'] : pattern
  return lines.some((line) => isSubset(parseJson(line), wanted))
}

function isSubset(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(wanted).every(([key, item]) => isSubset(Reflect.get(value, key), item))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
