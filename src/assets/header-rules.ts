import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { AssetHeaders } from './asset-answer.ts'
import { createPathMatcher, fillPlaceholders } from './path-matcher.ts'
import type { Captures, PathMatcher } from './path-matcher.ts'
import { toCanonicalRulePath } from './rule-path.ts'

/** One block of `_headers`: a path, and what holds below it. */
export interface HeaderRule {
  readonly matchPath: PathMatcher
  /** Undefined: every host. */
  readonly matchHost: PathMatcher | undefined
  /** Names in lower case, placeholders in values not yet filled. */
  readonly set: readonly (readonly [name: string, value: string])[]
  readonly unset: readonly string[]
}

export interface HeaderRules {
  readonly rules: readonly HeaderRule[]
  readonly problems: readonly Problem[]
}

/**
 * Parses `_headers` as Cloudflare Pages documents it: a path (or `https://host/path`) on a line of its own, then
 * `Name: value` to set and `! Name` to remove. A line that is not valid becomes a warning and is skipped.
 * At most 100 rules, 2,000 characters a line.
 */
export function parseHeaders(text: string, file: string): HeaderRules {
  const rules: HeaderRule[] = []
  const problems: Problem[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let block: Block | undefined
  function report(message: string, line: number): void {
    problems.push(createProblem('TREEWAY_HEADERS_INVALID', message, { severity: 'warning', file, line }))
  }
  function closeBlock(): void {
    if (block === undefined) return
    if (block.set.size === 0 && block.unset.length === 0) report('No headers specified', block.line)
    else rules.push({ ...block, set: [...block.set] })
    block = undefined
  }
  for (const [index, content] of lines.entries()) {
    const line = index + 1
    const written = content.trim()
    if (written === '' || written.startsWith('#')) continue
    if (written.length > maxLineLength) {
      report(`Ignoring line ${line} as it exceeds the maximum allowed length of ${maxLineLength}.`, line)
    } else if (isRulePath(written)) {
      closeBlock()
      if (rules.length >= maxRules) {
        report(
          `Maximum number of rules supported is ${maxRules}. Skipping remaining ${lines.length - index} lines of file.`,
          line
        )
        break
      }
      const opened = openBlock(written, line)
      if ('fault' in opened) report(opened.fault, line)
      else block = opened
    } else {
      const fault = addHeader(written, block)
      if (fault !== undefined) report(fault, line)
    }
  }
  closeBlock()
  return { rules, problems }
}

/**
 * What `_headers` makes of the headers of one answer. All rules that match hold, in order: first each removes,
 * then it sets. The first to set a name replaces the server's own value, later ones are added to it.
 */
export function applyHeaderRules(
  rules: readonly HeaderRule[],
  base: AssetHeaders,
  request: { readonly path: string; readonly host: string | undefined }
): AssetHeaders {
  if (rules.length === 0) return base
  const headers: Record<string, string | string[]> = { ...base }
  const setByRules = new Set<string>()
  for (const rule of rules) {
    const captures = matchRule(rule, request)
    if (captures === undefined) continue
    for (const name of rule.unset) delete headers[name]
    for (const [name, value] of rule.set) {
      const filled = fillPlaceholders(value, captures)
      const earlier = setByRules.has(name) ? headers[name] : undefined
      headers[name] = earlier === undefined ? filled : appendValue(name, earlier, filled)
      setByRules.add(name)
    }
  }
  return headers
}

const maxRules = 100
const maxLineLength = 2000
/** They describe the message itself, and node and Fastify write them. */
const framing = [
  'connection',
  'content-length',
  'content-range',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
]

interface Block extends Omit<HeaderRule, 'set'> {
  readonly line: number
  readonly set: Map<string, string>
  readonly unset: string[]
}

function isRulePath(written: string): boolean {
  return written.startsWith('/') || /^[^\s:]+:\/\//.test(written)
}

function openBlock(written: string, line: number): Block | { fault: string } {
  const [, host, rest = written] = /^https:\/\/([^/]+)(.*)$/.exec(written) ?? []
  if (!rest.startsWith('/') && rest !== '')
    return { fault: `Expected a path beginning with at least one forward-slash. Got ${written}.` }
  if (/\s/.test(written)) return { fault: `A path can not include spaces. Got ${written}.` }
  if (host !== undefined && /:\d+$/.test(host)) {
    return { fault: `Specifying ports is not supported. Skipping absolute URL ${written}.` }
  }
  if (written.split('*').length > 2)
    return { fault: `Only one wildcard is allowed per rule. Skipping ${written}.` }
  const path = toCanonicalRulePath(rest === '' ? '/' : rest)
  if (path === undefined) return { fault: `Error parsing URL segment ${rest}. Skipping.` }
  const matchPath = createPathMatcher(path, '/')
  const matchHost = host === undefined ? undefined : createPathMatcher(host.toLowerCase(), '.')
  if (typeof matchPath === 'object') return matchPath
  if (typeof matchHost === 'object') return matchHost
  return { line, matchPath, matchHost, set: new Map(), unset: [] }
}

/** Adds a header line to its block, or says why not. */
function addHeader(written: string, block: Block | undefined): string | undefined {
  if (block === undefined) return `Path should come before header (${written})`
  if (written.startsWith('!')) return addUnset(written.slice(1).trim(), block)
  const colonAt = written.indexOf(':')
  if (colonAt === -1) return `Expected a colon-separated header pair (e.g. name: value). Got ${written}.`
  const name = written.slice(0, colonAt).trim().toLowerCase()
  const value = written.slice(colonAt + 1).trim()
  const fault = findNameFault(name)
  if (fault !== undefined) return fault
  if (value === '') return `No header value specified for ${name}`
  // a value that node refuses to write would turn each answer into a 500
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    return `The value of ${name} has characters a header can not hold.`
  const earlier = block.set.get(name)
  block.set.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
  return undefined
}

function addUnset(name: string, block: Block): string | undefined {
  const fault = findNameFault(name.toLowerCase())
  if (fault === undefined) block.unset.push(name.toLowerCase())
  return fault
}

function findNameFault(name: string): string | undefined {
  if (name === '') return 'No header name specified'
  if (/\s/.test(name)) return `Header name cannot include spaces. Got "${name}".`
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name))
    return `Header name has characters it can not hold. Got "${name}".`
  if (framing.includes(name)) return `${name} is set by the server and can not be changed by a rule.`
  return undefined
}

function matchRule(
  rule: HeaderRule,
  request: { path: string; host: string | undefined }
): Captures | undefined {
  const path = rule.matchPath(request.path)
  if (path === undefined || rule.matchHost === undefined) return path
  const host = rule.matchHost((request.host ?? '').replace(/:\d+$/, '').toLowerCase())
  return host === undefined ? undefined : { ...host, ...path }
}

function appendValue(name: string, earlier: string | string[], value: string): string | string[] {
  // cookies are the one header that can not be joined, RFC 6265 section 3
  if (name === 'set-cookie') return [earlier, value].flat()
  return `${String(earlier)}, ${value}`
}
