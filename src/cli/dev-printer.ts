import type { DevEvent, TreeState } from '../dev/dev-event.ts'
import { TreewayError, unreachable } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { Route } from '../routes/route.ts'
import type { CliContext } from './cli-context.ts'
import { toReadyText, toReloadText, toRequestText, toRouteChanges } from './dev-text.ts'
import { toFaultText, toLogText } from './fault-text.ts'
import { toShownUrls } from './network-urls.ts'
import { toPortTakenText } from './port-holder.ts'
import { toErrorText, toFewProblemsText } from './problem-text.ts'

export interface DevPrinterOptions {
  readonly host: string
  /** Files of options that were read. */
  readonly files: readonly string[]
}

/** Prints what dev has to tell. A problem is shown when it is new, not at every reload. */
export function createDevPrinter({ log, version }: CliContext, { host, files }: DevPrinterOptions) {
  const { style, print } = log
  let shown = ''
  let known: readonly Problem[] = []
  let routes: readonly Route[] = []

  function printProblems({ problems }: TreeState): void {
    known = problems
    const text = problems.length === 0 ? '' : toFewProblemsText(problems, style)
    if (text === '' && shown !== '') print(style.green('no problems any more'))
    if (text !== '' && text !== shown) print(`\n${text}\n`)
    shown = text
  }

  /** The same table is the same list: an edited handler costs nothing here. */
  function readChanges({ table }: TreeState): string[] {
    if (table.routes === routes) return []
    const changes = toRouteChanges(routes, table.routes, style)
    routes = table.routes
    return changes
  }

  return async function printDevEvent(event: DevEvent): Promise<void> {
    switch (event.kind) {
      case 'port-taken':
        return print(style.yellow(`${await toPortTakenText(event.port)}; trying ${event.nextPort}.`))
      case 'ready':
        routes = event.tree.table.routes
        printProblems(event.tree)
        return print(toReadyText({ version, files, ...event, ...toShownUrls(host, event.url) }, style))
      case 'reloaded':
        print([toReloadText(event.files, event.durationMs, style), ...readChanges(event.tree)].join('\n'))
        return printProblems(event.tree)
      case 'failed':
        return print(
          toFailureText('The tree could not be built; the last good one is served', event.error, style)
        )
      case 'uncaught':
        return print(
          `${style.red('error')} A handler threw after its request, or outside of one\n${toFaultText(event.describe(), style)}`
        )
      case 'fault':
        return isKnown(event.error, known) ? undefined : print(toFaultText(event.describe(), style))
      case 'log':
        return print(toLogText(event.line, style))
      case 'request':
        return print(toRequestText(event.request, style))
      case 'watch-failed':
        return print(style.yellow(`Changes may go unseen: ${event.error.message}. Try --poll.`))
      case 'stopping':
        return print(`${event.signal}: stopping`)
      default:
        return unreachable(event)
    }
  }
}

/** A problem of the tree, which was shown when it came up; a request that meets it needs no more than its line. */
function isKnown(error: unknown, known: readonly Problem[]): boolean {
  if (!(error instanceof TreewayError)) return false
  const { code, message, problems } = error
  const met = problems.length > 0 ? problems : [{ code, message, file: undefined }]
  return met.every((one) =>
    known.some(
      (problem) => problem.code === one.code && (problem.file === one.file || problem.message === one.message)
    )
  )
}

function toFailureText(title: string, error: unknown, style: CliContext['log']['style']): string {
  if (error instanceof TreewayError) return toErrorText(error, style)
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${style.red('error')} ${style.bold(title)}\n${text}`
}
