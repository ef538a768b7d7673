import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { createPathMatcher, fillPlaceholders, listPlaceholders } from './path-matcher.ts'
import type { Captures, PathMatcher } from './path-matcher.ts'
import { toAscii, toCanonicalRulePath } from './rule-path.ts'

/** One line of `_redirects`. */
export interface RedirectRule {
  /** Canonical path, with `:name` and one `*`. */
  readonly source: string
  /** Path or `https://` URL with its query and hash, `:name` and `:splat` not yet filled. */
  readonly destination: string
  /** 200 is a rewrite: another file, the same URL. */
  readonly status: number
  /** From 1. */
  readonly line: number
  /** Undefined for a rule without placeholders: found by its source. */
  readonly match: PathMatcher | undefined
}

/** A rule that holds for a path, and where it leads. */
export interface Redirect {
  readonly status: number
  readonly location: string
}

export interface RedirectRules {
  readonly rules: readonly RedirectRule[]
  readonly problems: readonly Problem[]
}

/**
 * Parses `_redirects` as Cloudflare Pages documents it: `source destination [status]`, one rule per line.
 * A line that is not valid becomes a warning with its number and is skipped.
 * At most 2,000 static rules (before the first dynamic one), 100 dynamic ones, 2,000 characters a line.
 */
export function parseRedirects(text: string, file: string): RedirectRules {
  const rules = new Map<string, RedirectRule>()
  const problems: Problem[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let dynamicCount = 0
  for (const [index, content] of lines.entries()) {
    const rule = parseLine(content, index + 1)
    if (rule === undefined) continue
    const isDynamic = dynamicCount > 0 || rule.match !== undefined
    const fault = rule.fault ?? findListFault(rule, rules, isDynamic ? 0 : rules.size)
    if (fault !== undefined) {
      problems.push(toProblem(fault, file, index + 1))
    } else if (isDynamic && dynamicCount === maxDynamicRules) {
      const left = lines.length - index
      const message = `Maximum number of dynamic rules supported is ${maxDynamicRules}. Skipping remaining ${left} lines of file.`
      problems.push(toProblem(message, file, index + 1))
      break
    } else {
      rules.set(rule.source, rule)
      if (isDynamic) dynamicCount++
    }
  }
  return { rules: [...rules.values()], problems }
}

/** Static rules by exact path first, then the others in their order. The request's query is kept unless the rule has its own. */
export function createRedirectFinder(
  rules: readonly RedirectRule[]
): (path: string, search: string) => Redirect | undefined {
  const firstDynamic = rules.findIndex((rule) => rule.match !== undefined)
  const staticRules = firstDynamic === -1 ? rules : rules.slice(0, firstDynamic)
  const dynamicRules = firstDynamic === -1 ? [] : rules.slice(firstDynamic)
  const bySource = new Map(staticRules.map((rule) => [rule.source, rule]))
  return function findRedirect(path, search) {
    const exact = bySource.get(path)
    if (exact !== undefined) return toRedirect(exact, {}, search)
    for (const rule of dynamicRules) {
      const captures = rule.match === undefined ? (rule.source === path ? {} : undefined) : rule.match(path)
      if (captures !== undefined) return toRedirect(rule, captures, search)
    }
    return undefined
  }
}

const maxStaticRules = 2000
const maxDynamicRules = 100
const maxLineLength = 2000
const statuses = [200, 301, 302, 303, 307, 308]

interface ParsedLine extends RedirectRule {
  readonly fault?: string
}

function parseLine(content: string, line: number): ParsedLine | undefined {
  const text = content
    .trim()
    .replace(/\s#.*$/, '')
    .trim()
  if (text === '' || text.startsWith('#')) return undefined
  const empty = { source: '', destination: '', status: 302, line, match: undefined }
  if (content.length > maxLineLength) {
    return {
      ...empty,
      fault: `Ignoring line ${line} as it exceeds the maximum allowed length of ${maxLineLength}.`
    }
  }
  const tokens = text.split(/\s+/)
  const [from = '', to = '', status = '302'] = tokens
  if (tokens.length < 2 || tokens.length > 3) {
    return { ...empty, fault: `Expected exactly 2 or 3 whitespace-separated tokens. Got ${tokens.length}.` }
  }
  const source = toCanonicalRulePath(from) ?? ''
  const matcher = /[*]|:[A-Za-z]/.test(source) ? createPathMatcher(source, '/') : undefined
  const match = typeof matcher === 'function' ? matcher : undefined
  const rule = { source, destination: to, status: Number(status), line, match }
  const matcherFault = typeof matcher === 'object' ? matcher.fault : undefined
  const fault =
    findTokenFault({ from, to, status }) ??
    (source === '' ? `Error parsing URL segment ${from}. Skipping.` : matcherFault)
  return fault === undefined ? rule : { ...rule, fault }
}

function findTokenFault({
  from,
  to,
  status
}: {
  from: string
  to: string
  status: string
}): string | undefined {
  if (isAbsolute(from)) return `Only relative URLs are allowed. Skipping absolute URL ${from}.`
  if (!from.startsWith('/')) return `URLs should begin with a forward-slash. Got ${from}.`
  if (!statuses.includes(Number(status))) {
    return `Valid status codes are 200, 301, 302 (default), 303, 307, or 308. Got ${status}.`
  }
  if (status === '200' && isAbsolute(to))
    return `Proxy (200) redirects can only point to relative paths. Got ${to}.`
  if (!to.startsWith('/') && !to.startsWith('https://')) {
    return `URLs should begin with a forward-slash, or with https://. Got ${to}.`
  }
  if (isLoop(from, to, status)) {
    return `Infinite loop detected in this rule and has been ignored. ${from} leads to ${to}, where the rule holds again.`
  }
  return undefined
}

/** `/* /index.html` would also answer for each file that exists; a redirect to its own source never ends. */
function isLoop(from: string, to: string, status: string): boolean {
  if (isAbsolute(to)) return false
  if (/\/\*?$/.test(from) && /\/index(?:\.html)?$/.test(to)) return true
  const target = to.replace(/[?#].*$/, '').replace(':splat', from.includes('*') ? '*' : ':splat')
  return status !== '200' && target === from
}

function isAbsolute(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url)
}

function findListFault(
  rule: RedirectRule,
  rules: ReadonlyMap<string, RedirectRule>,
  staticCount: number
): string | undefined {
  if (rules.has(rule.source)) return `Ignoring duplicate rule for path ${rule.source}.`
  if (staticCount < maxStaticRules) return undefined
  return `Maximum number of static rules supported is ${maxStaticRules}. Skipping line.`
}

function toProblem(message: string, file: string, line: number): Problem {
  return createProblem('TREEWAY_REDIRECTS_INVALID', message, {
    severity: 'warning',
    file,
    line,
    ...toFix(message)
  })
}

function toFix(message: string): { fix?: string } {
  if (!message.startsWith('Infinite loop')) return {}
  return {
    fix: 'Remove the rule. For one page at every URL, set not_found_handling to single-page-application.'
  }
}

function toRedirect(rule: RedirectRule, captures: Captures, search: string): Redirect {
  const filled =
    listPlaceholders(rule.destination).length > 0
      ? fillPlaceholders(rule.destination, captures)
      : rule.destination
  // a location that begins with two slashes would name another host
  const destination = toAscii(filled.replace(/^[/\\]{2,}/, '/'))
  if (search === '') return { status: rule.status, location: destination }
  const hashAt = destination.indexOf('#')
  const url = hashAt === -1 ? destination : destination.slice(0, hashAt)
  const hash = hashAt === -1 ? '' : destination.slice(hashAt)
  return { status: rule.status, location: (url.includes('?') ? url : url + toAscii(search)) + hash }
}
