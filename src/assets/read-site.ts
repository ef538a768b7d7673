import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { AssetHeaders } from './asset-answer.ts'
import { createFileFinder } from './find-file.ts'
import type { FileFinder, FileFinderOptions } from './find-file.ts'
import { applyHeaderRules, parseHeaders } from './header-rules.ts'
import { createRedirectFinder, parseRedirects } from './redirect-rules.ts'
import type { Redirect } from './redirect-rules.ts'

export interface SiteOptions extends Omit<FileFinderOptions, 'root'> {
  readonly dir: string
  readonly label: string
}

/** All that is read once: where the folder really is, and its rules. Replaced as a whole, never changed. */
export interface Site {
  /** Undefined: there is no folder. */
  readonly finder: FileFinder | undefined
  readonly problems: readonly Problem[]
  /** Some headers depend on the Host of the request, not on its path alone. */
  readonly hasHostRules: boolean
  findRedirect(path: string, search: string): Redirect | undefined
  /** What `_headers` makes of an answer's headers. */
  decorate(
    headers: AssetHeaders,
    request: { readonly path: string; readonly host: string | undefined }
  ): AssetHeaders
}

/** A missing folder is a warning, and serves nothing. */
export function readSite(options: SiteOptions): Site {
  const { dir, label } = options
  const root = readRealPath(dir)
  if (typeof root === 'object') return createEmptySite(label, root.fault)
  const headers = parseHeaders(readRules(root, '_headers'), `${label}/_headers`)
  const redirects = parseRedirects(readRules(root, '_redirects'), `${label}/_redirects`)
  return {
    finder: createFileFinder({ ...options, root }),
    problems: [...headers.problems, ...redirects.problems],
    hasHostRules: headers.rules.some((rule) => rule.matchHost !== undefined),
    findRedirect: createRedirectFinder(redirects.rules),
    decorate: (own, request) => applyHeaderRules(headers.rules, own, request)
  }
}

function readRealPath(dir: string): string | { fault: string } {
  try {
    return realpathSync.native(dir)
  } catch (error) {
    return { fault: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
  }
}

function createEmptySite(label: string, fault: string): Site {
  const message = `The folder ${label} can not be read (${fault}).`
  return {
    finder: undefined,
    problems: [createProblem('TREEWAY_ASSETS_UNREADABLE', message, { severity: 'warning', file: label })],
    hasHostRules: false,
    findRedirect: () => undefined,
    decorate: (own) => own
  }
}

function readRules(root: string, name: string): string {
  try {
    return readFileSync(join(root, name), 'utf8')
  } catch {
    // most folders have none
    return ''
  }
}
