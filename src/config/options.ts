import type { FastifyServerOptions } from 'fastify'
import { openapiType } from './openapi-option.ts'
import type { OpenapiOption } from './openapi-option.ts'
import {
  anyObject,
  boolean,
  either,
  integer,
  list,
  object,
  oneOf,
  record,
  text,
  urlPath
} from './value-type.ts'
import type { ValueOf, ValueType } from './value-type.ts'

export type CommandName = 'dev' | 'start' | 'build' | 'routes' | 'check' | 'types'

/** One option, said once: default, check, flag, variable and docs row all come from here. */
export interface OptionDeclaration<T> {
  readonly type: ValueType<T>
  readonly default: NoInfer<T>
  /** One sentence, with the unit where there is one. */
  readonly description: string
  /** What stands for the value in the help: `<port>`. Absent: no flag. */
  readonly placeholder?: string
  /** Commands that take the flag. */
  readonly commands?: readonly CommandName[]
  /** Neither flag nor variable: JSON can not say it. */
  readonly isFileOnly?: true
}

const SERVING = ['dev', 'start'] as const
const ALL = ['dev', 'start', 'build', 'routes', 'check', 'types'] as const

const tree = object(
  { dir: text('a folder below the project') },
  { prefix: text('a URL prefix such as /api') },
  'an object with dir and prefix'
)

/** Every option of Treeway. */
export const options = {
  port: option({
    type: integer({ min: 0, max: 65535 }),
    default: 3000,
    description: 'Port to listen on; 0 lets the system choose one.',
    placeholder: '<port>',
    commands: SERVING
  }),
  host: option({
    type: text('a host name or address'),
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 is every address of this machine.',
    placeholder: '<address>',
    commands: SERVING
  }),
  strictPort: option({
    type: boolean(),
    default: false,
    description: 'Refuse a taken port in dev, as start does, instead of trying the next one.',
    placeholder: '',
    commands: ['dev']
  }),
  trees: option({
    type: list(tree, 'a list of objects with dir and prefix'),
    default: [],
    description:
      'The folders of handler files and the URL prefix of each; empty finds functions/, routes/ and api/routes/.'
  }),
  publicDir: option({
    type: text('a folder below the project'),
    default: 'public',
    description: 'Folder of static files.',
    placeholder: '<folder>',
    commands: ALL
  }),
  stateDir: option({
    type: text('a folder below the project'),
    default: '.treeway',
    description: 'Folder for caches, installed dependencies and builds.',
    placeholder: '<folder>',
    commands: ALL
  }),
  env: option({
    type: either(list(text(), 'a list of names'), record('an object of names and texts')),
    default: [],
    description:
      'What functions see as context.env and event.env: names to take from the environment, or names and values.',
    placeholder: '<names>',
    commands: SERVING
  }),
  bodyLimit: option({
    type: integer({ min: 1 }),
    default: 1_048_576,
    description: 'Largest request body in bytes; fn.config.json can say otherwise for a folder.',
    placeholder: '<bytes>',
    commands: SERVING
  }),
  logLevel: option({
    type: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    description: 'Least level that is logged.',
    placeholder: '<level>',
    commands: SERVING
  }),
  gracePeriodMs: option({
    type: integer({ min: 0 }),
    default: 10_000,
    description: 'Milliseconds that requests in flight get to end when the server stops.',
    placeholder: '<ms>',
    commands: SERVING
  }),
  hangTimeoutMs: option({
    type: integer({ min: 0 }),
    default: 30_000,
    description:
      'Milliseconds that a server process may be stuck, in an endless loop for example, before it is killed and replaced; 0 is for ever.',
    placeholder: '<ms>',
    commands: ['start']
  }),
  workers: option({
    type: integer({ min: 0 }),
    default: 0,
    description: 'Server processes; 0 is one for each core.',
    placeholder: '<count>',
    commands: ['start']
  }),
  eager: option({
    type: boolean(),
    default: false,
    description:
      'Load every module of a build before the first request, instead of at its own first request.',
    placeholder: '',
    commands: ['start']
  }),
  frozen: option({
    type: boolean(),
    default: false,
    description: 'Install and download nothing: what functions need must be there already.',
    placeholder: '',
    commands: SERVING
  }),
  health: option({
    type: either(boolean(), urlPath('/healthz')),
    default: true,
    description: 'Health at /_treeway/health and readiness below it in dev and start: another path, or false.'
  }),
  metrics: option({
    type: either(either(boolean(), oneOf(['dev'])), urlPath('/metrics')),
    default: 'dev',
    description:
      'Metrics for Prometheus at /_treeway/metrics: in dev and for this machine alone, always (true), always and at another path, or never (false).'
  }),
  poll: option({
    type: boolean(),
    default: false,
    description: 'Look for changes by polling, for mounts that send no events (Docker, WSL).',
    placeholder: '',
    commands: ['dev']
  }),
  openapi: option<OpenapiOption>({
    type: openapiType,
    default: 'dev',
    description:
      'The OpenAPI document and its page: in dev and for this machine alone, always (true), or never (false); docs/openapi.md lists the keys of the object.'
  }),
  fastify: option({
    type: anyObject<FastifyServerOptions>('an object of Fastify server options'),
    default: {},
    description: 'Options for the Fastify instance, such as logger or trustProxy.',
    isFileOnly: true
  })
} satisfies Readonly<Record<string, OptionDeclaration<unknown>>>

export type OptionName = keyof typeof options
export type OptionValues = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]['type']> }

export const optionNames = Object.keys(options) as OptionName[]

/** The declaration, whatever its value's type. */
export function toDeclaration(name: OptionName): OptionDeclaration<unknown> {
  return options[name]
}

/** `bodyLimit` as `body-limit`. */
export function toFlagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `bodyLimit` as `TREEWAY_BODY_LIMIT`. */
export function toVariableName(name: string): string {
  return `TREEWAY_${toFlagName(name).replaceAll('-', '_').toUpperCase()}`
}

function option<T>(declaration: OptionDeclaration<T>): OptionDeclaration<T> {
  return declaration
}
