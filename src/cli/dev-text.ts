import type { RequestLine, TreeState } from '../dev/dev-event.ts'
import type { Problem } from '../errors.ts'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import type { Route } from '../routes/route.ts'
import { toCount, toCountText } from './problem-text.ts'
import { toRouteLines, toRoutesCount } from './routes-text.ts'
import type { Style } from './style.ts'

export interface Banner {
  readonly version: string
  readonly url: string
  /** Other addresses of this machine, where the server listens on all of them. */
  readonly networkUrls: readonly string[]
  readonly tree: TreeState
  /** Files of options that were read. */
  readonly files: readonly string[]
  readonly durationMs: number
}

/** What `dev` and `start` say when they serve. */
export function toBannerText(banner: Banner, style: Style): string {
  const { version, url, networkUrls, tree, files, durationMs } = banner
  const rows = [
    ['Local', style.cyan(url)],
    ...networkUrls.map((network) => ['Network', style.cyan(network)]),
    ['Routes', toRoutesCount(tree.table.routes)],
    ...(files.length > 0 ? [['Options', files.join(', ')]] : []),
    ...(tree.problems.length > 0 ? [['Problems', toProblemCount(tree.problems, style)]] : [])
  ]
  const title = `${style.bold(`treeway ${version}`)}  ready in ${toMs(durationMs)}`
  return [title, ...rows.map(([name = '', value]) => `  ${name.padEnd(9)} ${value}`)].join('\n')
}

/** More would push the rest of the banner off the screen: `treeway routes` shows all. */
const MAX_TABLE = 20
const MAX_CHANGES = 10

/** What `dev` says when it serves: the routes too, where they are few. */
export function toReadyText(banner: Banner, style: Style): string {
  return [toBannerText(banner, style), ...toRouteTable(banner.tree.table.routes), ''].join('\n')
}

export function toRouteTable(routes: readonly Route[]): string[] {
  if (routes.length === 0 || routes.length > MAX_TABLE) return []
  return ['', ...toRouteLines(routes).map((line) => `  ${line}`)]
}

/** Routes that came and went, a line each. */
export function toRouteChanges(before: readonly Route[], after: readonly Route[], style: Style): string[] {
  const old = new Map(before.map((route) => [toIdentity(route), route]))
  const now = new Map(after.map((route) => [toIdentity(route), route]))
  const gone = [...old].flatMap(([identity, route]) => (now.has(identity) ? [] : [route]))
  const come = [...now].flatMap(([identity, route]) => (old.has(identity) ? [] : [route]))
  const lines = [
    ...toRouteLines(gone).map((line) => style.red(`  - ${line}`)),
    ...toRouteLines(come).map((line) => style.green(`  + ${line}`))
  ]
  if (lines.length <= MAX_CHANGES) return lines
  return [`  ${toCount(come.length, 'route')} added, ${gone.length} removed`]
}

function toIdentity({ methods, pattern, file }: Route): string {
  return `${methods.join(' ')} ${toDisplayUrl(pattern)} ${file}`
}

/** One line for one request: method, path, status, time, file. */
export function toRequestText({ method, url, status, durationMs, file }: RequestLine, style: Style): string {
  const path = toPrintable(url.split('?', 1)[0] ?? url)
  const tail = [toMs(durationMs), file].filter((part) => part !== undefined).join('  ')
  return `${method.padEnd(6)} ${path} ${paintStatus(status, style)} ${style.dim(tail)}`
}

/** Node's parser lets some control characters pass; none of them may reach a terminal. */
function toPrintable(path: string): string {
  return path.replaceAll(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character))
}

/** `reloaded functions/hello.js 12 ms`. */
export function toReloadText(files: readonly string[], durationMs: number, style: Style): string {
  const [first = '', ...others] = files
  const named = others.length === 0 ? first : `${first} and ${others.length} more`
  return `${style.green('reloaded')} ${named} ${style.dim(toMs(durationMs))}`
}

function toProblemCount(problems: readonly Problem[], style: Style): string {
  const text = toCountText(problems)
  return problems.some(({ severity }) => severity === 'error') ? style.red(text) : style.yellow(text)
}

function paintStatus(status: number, style: Style): string {
  if (status >= 500) return style.red(String(status))
  return status >= 400 ? style.yellow(String(status)) : style.green(String(status))
}

function toMs(durationMs: number): string {
  return durationMs < 10 ? `${durationMs.toFixed(1)} ms` : `${Math.round(durationMs)} ms`
}
