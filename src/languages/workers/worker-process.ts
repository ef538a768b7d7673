import type { WorkerLogLine } from '../language.ts'
import { AnswerStream } from './answer-stream.ts'
import type { Call, FunctionEntry } from './call.ts'
import { FrameWriter } from './frame-writer.ts'
import {
  BODY_PIECE_BYTES,
  FrameReader,
  PROTOCOL_VERSION,
  ProtocolError,
  toWorkerFrame,
  type WorkerFailure,
  type WorkerFrame
} from './protocol.ts'
import { readLines } from './read-lines.ts'
import { type Child, type ChildOptions, startChild } from './start-child.ts'
import { toFailureError } from './to-error.ts'

export interface ProcessOptions extends ChildOptions {
  readonly stateDir: string
  readonly onLog: (line: WorkerLogLine) => void
  readonly startTimeoutMs: number
  /** From the end of the channel to SIGKILL. */
  readonly killAfterMs: number
}

/** What a pool hears of its processes. */
export interface ProcessEvents {
  readonly onStarted: (process: WorkerProcess) => void
  /** A call's last frame has come. */
  readonly onFinished: (call: Call) => void
  /** It ends by itself now, and has begun none of the calls it still has. */
  readonly onLeaving: (process: WorkerProcess) => void
  /** Once. `calls`: those without a last frame, in the order they were sent. */
  readonly onEnded: (process: WorkerProcess, calls: readonly Call[]) => void
}

/** The answer to a question (`check`, `reload`). Undefined: done. */
export type Verdict = { readonly failure: WorkerFailure; readonly text: string } | undefined

const LAST_WORDS_LINES = 20

/** One child process and the frames to and from it. */
export class WorkerProcess {
  /** Sent and without a last frame, oldest first. */
  readonly calls = new Map<number, Call>()
  isReady = false
  /** Takes no more calls: it is stuck, too big, or replaced by a newer one. */
  isRetired = false
  hasEnded = false
  /** Calls it finished in its life. */
  finished = 0
  lastFinishedAt = 0
  /** How it ended, for messages. */
  end = 'it was still running'
  readonly #options: ProcessOptions
  readonly #events: ProcessEvents
  readonly #child: Child
  readonly #writer: FrameWriter
  readonly #loaded = new Set<number>()
  readonly #questions = new Map<number, (verdict: Verdict) => void>()
  readonly #lastWords: string[] = []
  #tellsTimes = false
  readonly #startTimer: NodeJS.Timeout
  #killTimer: NodeJS.Timeout | undefined
  #nextId = 1
  /** The request that a plain line on descriptor 1 or 2 can only be of; undefined where several run. */
  #onlyRequest: string | undefined

  constructor(options: ProcessOptions, events: ProcessEvents) {
    this.#options = options
    this.#events = events
    this.#child = startChild(options)
    this.#writer = new FrameWriter(this.#child.input)
    this.#readFrames()
    this.#readText()
    this.#child.process.on('error', (error) => this.#onEnd(error.message))
    this.#child.process.on('exit', (code, signal) => this.#onExit(signal ?? `exit status ${code}`))
    this.#startTimer = setTimeout(() => this.kill('it did not start in time'), options.startTimeoutMs)
    this.#writer.write(
      JSON.stringify({ k: 'hello', v: PROTOCOL_VERSION, root: options.dir, state: options.stateDir })
    )
  }

  get pid(): number | undefined {
    return this.#child.process.pid
  }

  /** The last lines it wrote on stderr. */
  get lastWords(): string {
    return this.#lastWords.join('\n')
  }

  send(call: Call, now: number): void {
    const { entry, request } = call
    const id = this.#nextId++
    call.process = this
    call.id = id
    call.sentAt = now
    if (!this.#loaded.has(entry.number)) this.load(entry)
    if (this.#options.spec.printsPlainLines)
      this.#onlyRequest = this.calls.size === 0 ? toRequestId(call) : undefined
    this.calls.set(id, call)
    const event = JSON.stringify(request.event)
    const head = `{"k":"call","i":${id},"f":${entry.number},"e":${event},"p":${JSON.stringify(request.params)}`
    const { body } = request
    if (body === undefined || body.length <= BODY_PIECE_BYTES) this.#writer.write(`${head}}`, body)
    else this.#sendPieces(`${head},"more":true}`, id, body)
  }

  /** Tells the worker that nobody waits for a call any more. */
  cancel(call: Call): void {
    if (this.calls.has(call.id)) this.#writer.write(`{"k":"cancel","i":${call.id}}`)
  }

  /** Settles with undefined also when the process ends: a fresh one has nothing to reload. */
  async ask(question: Readonly<Record<string, unknown>>): Promise<Verdict> {
    if (this.hasEnded) return undefined
    const id = this.#nextId++
    return await new Promise((resolve) => {
      this.#questions.set(id, resolve)
      this.#writer.write(JSON.stringify({ ...question, i: id }))
    })
  }

  /** Makes a function known before its first call. */
  load({ number, fn }: FunctionEntry): void {
    this.#loaded.add(number)
    const { file, name, handler, env, timeoutMs } = fn
    this.#writer.write(JSON.stringify({ k: 'load', f: number, file, name, handler, env, timeoutMs }))
  }

  /** Ends the channel; the worker ends with it, and by SIGKILL where it does not. */
  close(): void {
    this.isRetired = true
    if (this.hasEnded || this.#killTimer !== undefined) return
    this.#writer.flush()
    this.#child.input.end()
    this.#killTimer = setTimeout(() => this.kill('it did not end in time'), this.#options.killAfterMs)
  }

  kill(why: string): void {
    if (this.hasEnded) return
    this.end = why
    this.isRetired = true
    this.#child.process.kill('SIGKILL')
  }

  #sendPieces(header: string, id: number, body: Uint8Array): void {
    this.#writer.write(header, body.subarray(0, BODY_PIECE_BYTES))
    for (let start = BODY_PIECE_BYTES; start < body.length; start += BODY_PIECE_BYTES) {
      this.#writer.write(`{"k":"data","i":${id}}`, body.subarray(start, start + BODY_PIECE_BYTES))
    }
    this.#writer.write(`{"k":"end","i":${id}}`)
  }

  #readFrames(): void {
    const { input, output } = this.#child
    const reader = new FrameReader((header, body) => this.#onFrame(header, body))
    output.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        output.removeAllListeners('data')
        this.kill(`it broke the protocol: ${error.message}`)
      }
    })
    // a broken channel is the end of the process, which its exit tells
    output.on('error', () => {})
    input.on('error', () => {})
  }

  #readText(): void {
    const { stdout, stderr } = this.#child
    const { onLog } = this.#options
    if (stdout !== undefined)
      readLines(stdout, (text) => onLog({ requestId: this.#onlyRequest, stream: 'stdout', text }))
    if (stderr === undefined) return
    readLines(stderr, (text) => {
      this.#lastWords.push(text)
      if (this.#lastWords.length > LAST_WORDS_LINES) this.#lastWords.shift()
      onLog({ requestId: this.#onlyRequest, stream: 'stderr', text })
    })
  }

  #onFrame(header: unknown, body: Buffer): void {
    const frame = toWorkerFrame(header)
    if (frame === undefined) return
    if (frame.kind === 'ready') this.#onReady(frame)
    else if (frame.kind === 'log') this.#onLogFrame(frame, body)
    else if (frame.kind === 'bye') this.#events.onLeaving(this)
    else this.#onCallFrame(frame, body)
  }

  #onReady({ version, tellsTimes }: Extract<WorkerFrame, { kind: 'ready' }>): void {
    if (version !== PROTOCOL_VERSION) throw new ProtocolError(`The worker speaks version ${version}`)
    clearTimeout(this.#startTimer)
    this.#tellsTimes = tellsTimes
    this.isReady = true
    this.#events.onStarted(this)
  }

  #onLogFrame(frame: Extract<WorkerFrame, { kind: 'log' }>, body: Buffer): void {
    this.#options.onLog({ requestId: frame.requestId, stream: frame.stream, text: body.toString('utf8') })
  }

  #onCallFrame(frame: Exclude<WorkerFrame, { kind: 'ready' | 'log' | 'bye' }>, body: Buffer): void {
    const call = this.calls.get(frame.id)
    if (call === undefined) {
      this.#onVerdict(frame, body)
      return
    }
    switch (frame.kind) {
      case 'answer':
        if (this.#tellsTimes) call.tookMs = frame.tookMs
        call.resolve({
          status: frame.status,
          headers: frame.headers,
          body: body.length === 0 ? undefined : body
        })
        break
      case 'head':
        call.stream ??= this.#createStream(call)
        call.resolve({ status: frame.status, headers: frame.headers, body: call.stream })
        call.stream.add(body)
        return
      case 'data':
        call.stream?.add(body)
        return
      case 'fail':
        this.#fail(call, frame.failure, body)
        break
      default:
        call.stream?.end()
    }
    this.#finish(call)
  }

  #finish(call: Call): void {
    this.calls.delete(call.id)
    this.finished++
    this.#events.onFinished(call)
  }

  #fail(call: Call, failure: WorkerFailure, body: Buffer): void {
    const error = toFailureError(failure, call.entry.fn, {
      dir: this.#options.dir,
      text: body.toString('utf8')
    })
    call.reject(error)
    call.stream?.destroy(error)
  }

  #createStream(call: Call): AnswerStream {
    const onTaken = (bytes: number): void => this.#writer.write(`{"k":"ack","i":${call.id},"n":${bytes}}`)
    const stream = new AnswerStream(onTaken, () => this.cancel(call))
    // whoever was given the stream listens; an error before that must not end the server
    stream.on('error', () => {})
    if (call.isSettled) stream.destroy()
    return stream
  }

  #onVerdict(frame: Exclude<WorkerFrame, { kind: 'ready' | 'log' | 'bye' }>, body: Buffer): void {
    const resolve = this.#questions.get(frame.id)
    this.#questions.delete(frame.id)
    resolve?.(frame.kind === 'fail' ? { failure: frame.failure, text: body.toString('utf8') } : undefined)
  }

  /** The frames it wrote before it ended are read first: answers among them are answers. */
  #onExit(how: string): void {
    const { output } = this.#child
    if (output.destroyed) this.#onEnd(how)
    else output.once('close', () => this.#onEnd(how))
    // a grandchild that inherited the channel would keep it open
    setTimeout(() => output.destroy(), 100)
  }

  #onEnd(how: string): void {
    if (this.hasEnded) return
    this.hasEnded = true
    if (this.end === 'it was still running') this.end = how
    clearTimeout(this.#startTimer)
    clearTimeout(this.#killTimer)
    const calls = [...this.calls.values()]
    this.calls.clear()
    for (const resolve of this.#questions.values()) resolve(undefined)
    this.#questions.clear()
    this.#events.onEnded(this, calls)
  }
}

function toRequestId({ request }: Call): string | undefined {
  const id = request.event['id']
  return typeof id === 'string' ? id : undefined
}
