/** The shape of the cases under `cases/`; test/conformance/README.md tells how one is read. */
export interface Case {
  readonly name: string
  readonly category?: string
  readonly tags?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly script?: string
  readonly request?: CaseRequest
  readonly requests?: readonly CaseRequest[]
  readonly expect: Expectation | readonly Expectation[]
  readonly expectLogs?: LogPattern | readonly LogPattern[]
  readonly rejectLogs?: LogPattern | readonly LogPattern[]
  readonly expectStartError?: { readonly messageIncludes?: readonly string[] }
  readonly options?: Readonly<Record<string, unknown>>
  readonly npm?: readonly string[]
  readonly logging?: boolean
  readonly waitAfterMs?: number
  readonly conditional?: Conditional
}

export type LogPattern = string | Readonly<Record<string, unknown>>
export type Conditional = 'etag' | 'weak-etag' | 'etag-list'

export interface CaseRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly bodyRepeat?: {
    readonly prefix?: string
    readonly char: string
    readonly count: number
    readonly suffix?: string
  }
  readonly httpVersion?: string
  readonly delayMs?: number
  readonly timeoutMs?: number
  readonly conditional?: Conditional
}

export interface Expectation {
  readonly status?: number
  readonly statusOneOf?: readonly number[]
  readonly body?: string
  readonly bodyIncludes?: string | readonly string[]
  readonly bodyExcludes?: string | readonly string[]
  readonly json?: unknown
  readonly jsonIncludes?: unknown
  readonly headers?: Readonly<Record<string, unknown>>
  readonly headersMatch?: Readonly<Record<string, string>>
  readonly headersAbsent?: readonly string[]
}
