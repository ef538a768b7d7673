import type { RequestLine, TreeState } from '../dev/dev-event.ts'
import type { Problem } from '../errors.ts'
import { toCountText } from './problem-text.ts'
import { toRoutesCount } from './routes-text.ts'
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
