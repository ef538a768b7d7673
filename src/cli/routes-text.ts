import { toDisplayUrl } from '../routes/format-pattern.ts'
import type { Route } from '../routes/route.ts'
import type { Conflict, PrivateFile, RouteTable } from '../routes/table.ts'
import { alignColumns } from './align-columns.ts'
import { toCount } from './problem-text.ts'
import type { Style } from './style.ts'

/** The table of routes as `treeway routes` shows it. */
export function toRoutesText(table: RouteTable, style: Style): string {
  const [head = '', ...lines] = alignColumns([
    ['METHOD', 'URL', 'FILE', 'LANGUAGE', 'STYLE'],
    ...table.routes.map(toCells)
  ])
  const sections = [
    [style.bold(head), ...lines].join('\n'),
    ...toConflictsSection(table.conflicts, style),
    ...toWrappersSection(table, style),
    ...toPrivateSection(table.privateFiles, style),
    toRoutesCount(table.routes)
  ]
  return sections.join('\n\n')
}

/** A line for each route: method, URL, file. */
export function toRouteLines(routes: readonly Route[]): string[] {
  return alignColumns(routes.map((route) => toCells(route).slice(0, 3)))
}

/** `3 routes: 2 javascript, 1 python`. */
export function toRoutesCount(routes: readonly Route[]): string {
  const counts = new Map<string, number>()
  for (const { language } of routes) counts.set(language, (counts.get(language) ?? 0) + 1)
  const languages = [...counts].sort((a, b) => b[1] - a[1]).map(([language, count]) => `${count} ${language}`)
  return [toCount(routes.length, 'route'), languages.join(', ')].filter(Boolean).join(': ')
}

/** As people read methods: `*` is every other one. */
export function toMethodsText(methods: readonly string[]): string {
  return methods.includes('*') ? 'ANY' : methods.join(' ')
}

function toCells(route: Route): string[] {
  const target = route.redirect === undefined ? route.file : `-> ${route.redirect}`
  const file = route.declaredIn === undefined ? target : `${target} (${route.declaredIn})`
  return [toMethodsText(route.methods), toDisplayUrl(route.pattern), file, route.language, route.style]
}

function toConflictsSection(conflicts: readonly Conflict[], style: Style): string[] {
  if (conflicts.length === 0) return []
  const rows = conflicts.map(({ method, pattern, files }) => [
    toMethodsText([method]),
    toDisplayUrl(pattern),
    files.join(', ')
  ])
  return [toSection(style.red('Claimed by more than one file, served by none:'), alignColumns(rows))]
}

function toWrappersSection({ boot, scopes, middlewares }: RouteTable, style: Style): string[] {
  const rows = [
    ...boot.map((file) => ['boot', '', file]),
    ...scopes.flatMap(({ pattern, plugins }) =>
      plugins.map((file) => ['plugin', toBelow(toDisplayUrl(pattern)), file])
    ),
    ...middlewares.map(({ pattern, file }) => ['middleware', toBelow(toDisplayUrl(pattern)), file])
  ]
  return rows.length === 0 ? [] : [toSection(style.bold('Around them:'), alignColumns(rows))]
}

function toBelow(url: string): string {
  return url === '/' ? '/*' : `${url}/*`
}

const REASONS: Readonly<Record<PrivateFile['reason'], string>> = {
  underscore: 'its name begins with _',
  'no-handler': 'it exports no handler',
  'single-entry': 'its folder is one function',
  test: 'it is a test',
  declaration: 'it only declares types'
}

function toPrivateSection(files: readonly PrivateFile[], style: Style): string[] {
  if (files.length === 0) return []
  const rows = files.map(({ file, reason }) => [file, REASONS[reason]])
  return [toSection(style.bold('Not served:'), alignColumns(rows))]
}

function toSection(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n')
}
