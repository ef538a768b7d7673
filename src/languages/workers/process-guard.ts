import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/*
 * Workers end by themselves at the end of their channel, but one with a single thread can not see it while a handler
 * runs. So a small shell holds the list of process ids and kills them when its own input ends, which is when this
 * process is gone, also by `kill -9`. It ignores signals of the terminal: it must be the last to go.
 */
const SCRIPT = `
trap '' INT TERM HUP
all=' '
while read -r what id; do
  case $what in
    +) all="$all$id " ;;
    -) case $all in *" $id "*) all="\${all%% "$id" *} \${all#* "$id" }" ;; esac ;;
  esac
done
[ "$all" = ' ' ] || kill -9 $all 2>/dev/null
`

/** Kills what it was told of when this process ends, however it ends. */
export class ProcessGuard {
  #child: ChildProcess | undefined

  add(pid: number): void {
    this.#child ??= startGuard()
    this.#child.stdin?.write(`+ ${pid}\n`)
  }

  remove(pid: number): void {
    this.#child?.stdin?.write(`- ${pid}\n`)
  }

  /** To be called when all that was added has ended. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    await new Promise((resolve) => {
      child.ref()
      child.once('exit', resolve)
      child.once('error', resolve)
      child.stdin?.end()
    })
  }
}

function startGuard(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {}
  })
  // without a shell there is no guard, and workers still see the end of their channel
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  child.unref()
  ;(child.stdin as Socket | null)?.unref()
  return child
}
