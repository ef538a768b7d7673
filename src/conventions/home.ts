import { createProblem } from '../errors.ts'
import type { Home } from '../config/to-function-config.ts'
import { toShape } from '../routes/format-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'
import { toProjectPath } from './collector.ts'
import type { Collector } from './collector.ts'
import { parseDeclaredUrl } from './declared-functions.ts'
import { parsePath } from './parse-path.ts'

/** `home` of fn.config.json: the folder's own URL runs another route of the tree, or redirects. */
export function collectHomes(collector: Collector): void {
  for (const [folder, config] of collector.tree.configs) {
    if (config.home) addHome(collector, folder, config.home)
  }
}

function addHome(collector: Collector, folder: string, home: Home): void {
  const declaredIn = toProjectPath(
    collector.tree,
    folder === '' ? 'fn.config.json' : `${folder}/fn.config.json`
  )
  const segments = folder === '' ? [] : folder.split('/')
  const parsed = parsePath({
    file: declaredIn,
    segments,
    syntax: { colons: false, dots: true, namelessRest: false }
  })
  if (parsed.kind === 'problem') {
    collector.problems.push(parsed.problem)
    return
  }
  const pattern = [...collector.tree.prefix, ...parsed.pattern]
  if (home.kind === 'redirect') addRedirect(collector, { folder, pattern, declaredIn, url: home.url })
  else addAlias(collector, { folder, pattern, declaredIn, url: home.route })
}

interface HomePlace {
  readonly folder: string
  readonly pattern: Pattern
  readonly declaredIn: string
  readonly url: string
}

function addRedirect(collector: Collector, { folder, pattern, declaredIn, url }: HomePlace): void {
  collector.routes.push({
    methods: ['GET'],
    pattern,
    file: declaredIn,
    convention: 'fastfn',
    language: 'javascript',
    style: 'event',
    exportName: '',
    folderDepth: pattern.length,
    scope: '',
    functionOptions: collector.settings.toOptions(folder),
    env: {},
    declaredIn,
    redirect: url
  })
}

function addAlias(collector: Collector, { folder, pattern, declaredIn, url }: HomePlace): void {
  const full = url.startsWith('/') || folder === '' ? url : `/${folder}/${url}`
  const target = parseDeclaredUrl(collector, full, declaredIn)
  if (!target) return
  const found = collector.routes.filter((route) => toShape(route.pattern) === toShape(target))
  if (found.length === 0) {
    const message = `Its home is "${url}", but no route of the tree has that URL.`
    const fix = 'Name a URL that `treeway routes` lists.'
    collector.problems.push(createProblem('TREEWAY_CONFIG_INVALID', message, { file: declaredIn, fix }))
  }
  collector.routes.push(
    ...found.map((route) => ({ ...route, pattern, declaredIn, forced: false, folderDepth: pattern.length }))
  )
}
