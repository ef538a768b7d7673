/**
 * Every code a person can see, over HTTP or in a terminal: status, title and what to do about it.
 * A code is never renamed or reused; `docs/errors.md` lists them all and a test ties the two together.
 */
const definitions = {
  // the tree on disk
  TREEWAY_TREE_UNREADABLE: {
    status: 500,
    title: 'A folder or file of the tree can not be read',
    fix: 'Give the user that runs Treeway the right to read it, or move it out of the tree.'
  },
  TREEWAY_TREE_EMPTY: {
    status: 500,
    title: 'The tree holds no route',
    fix: 'Add a handler file, for example functions/hello.js, or name the right folder.'
  },
  TREEWAY_TREE_LOOP: {
    status: 500,
    title: 'A symbolic link leads back to one of its own folders',
    fix: 'Remove the link, or list its name in zero_config.ignore_dirs.'
  },
  // file names
  TREEWAY_NAME_INVALID: {
    status: 500,
    title: 'A file or folder name can not be a URL pattern',
    fix: 'Rename it; docs/routing.md has the table of name forms.'
  },
  TREEWAY_NAME_UNKNOWN: {
    status: 500,
    title: 'A file below routes/ has no verb',
    fix: 'Begin its name with a verb (GET-), with + for a plugin, or with _ to keep it private.'
  },
  TREEWAY_ROUTE_CONFLICT: {
    status: 409,
    title: 'Two files answer the same method and URL',
    fix: 'Remove one of them, or give it another method or URL.'
  },
  TREEWAY_SCOPE_ESCAPE: {
    status: 500,
    title: 'A route has its URL outside the folder whose plugins should hold for it',
    fix: 'Give it a URL below its folder, or move the plugins to the root of the tree.'
  },
  // what a file exports
  TREEWAY_STYLE_MIXED: {
    status: 500,
    title: 'One file exports handlers of two styles',
    fix: 'Keep one style in a file; docs/handlers.md shows the four.'
  },
  TREEWAY_EXPORT_INVALID: {
    status: 500,
    title: 'An export is not what its name promises',
    fix: 'Export a function (or, for onRequest, a list of functions).'
  },
  TREEWAY_EXPORT_MISSING: {
    status: 500,
    title: 'A route file exports no handler',
    fix: 'Export a handler from it, or begin its name with _ to keep it private.'
  },
  TREEWAY_SYNTAX: {
    status: 500,
    title: 'A file does not parse',
    fix: 'Correct the line shown.'
  },
  TREEWAY_LOAD_FAILED: {
    status: 500,
    title: 'A module failed while it was loaded',
    fix: 'Read the error below: it was thrown by the code of the module or by something it imports.'
  },
  TREEWAY_ROUTE_REFUSED: {
    status: 500,
    title: 'Fastify refused a route',
    fix: 'Read the message of Fastify: an option of the route, or another route in its place.'
  },
  TREEWAY_SCHEMA_INVALID: {
    status: 500,
    title: 'A schema of a route does not compile',
    fix: 'Correct the schema: the message says which part, and what is wrong with it.'
  },
  TREEWAY_SCHEMA_IMPOSSIBLE: {
    status: 500,
    title: 'No value can meet a schema',
    fix: 'Correct the schema: the message says which two rules exclude each other.'
  },
  TREEWAY_HELPER_PUBLISHED: {
    status: 500,
    title: 'A file that others import is a route, too',
    fix: 'Where it is a helper, begin its name with an underscore or move it out of the tree.'
  },
  TREEWAY_EXAMPLE_INVALID: {
    status: 500,
    title: 'An example or a default does not fit its schema',
    fix: 'Correct the value or the schema: the message says what is wrong with it.'
  },
  TREEWAY_OPERATION_DUPLICATE: {
    status: 500,
    title: 'Two routes have the same operation id',
    fix: 'Give each of them an operationId of its own, or none.'
  },
  TREEWAY_PLUGIN_FAILED: {
    status: 500,
    title: 'A plugin or boot file failed',
    fix: 'Read the error below: what it should cover is not served until it is mended.'
  },
  TREEWAY_TREE_REFUSED: {
    status: 500,
    title: 'The tree has problems',
    fix: 'Mend them, or see all of them with `treeway check`.'
  },
  // configuration
  TREEWAY_CONFIG_INVALID: {
    status: 500,
    title: 'A configuration file or option is not valid',
    fix: 'Correct the key shown; docs/configuration.md lists them all.'
  },
  TREEWAY_CONFIG_UNKNOWN: {
    status: 500,
    title: 'An option is not known',
    fix: 'Correct its name or remove it; docs/configuration.md lists them all.'
  },
  TREEWAY_CONFIG_IGNORED: {
    status: 500,
    title: 'A key of fn.config.json has no effect here',
    fix: 'Remove it; docs/configuration.md lists the keys that count.'
  },
  // static files
  TREEWAY_ASSETS_UNREADABLE: {
    status: 500,
    title: 'The folder of static files can not be read',
    fix: 'Create the folder, correct assets.directory, or give the user that runs Treeway the right to read it.'
  },
  TREEWAY_HEADERS_INVALID: {
    status: 500,
    title: 'A line of _headers is not valid',
    fix: 'Correct the line shown; docs/static-files.md has the rules.'
  },
  TREEWAY_REDIRECTS_INVALID: {
    status: 500,
    title: 'A line of _redirects is not valid',
    fix: 'Correct the line shown; docs/static-files.md has the rules.'
  },
  TREEWAY_ROUTES_RULES_INVALID: {
    status: 500,
    title: '_routes.json is not valid',
    fix: 'Correct the rule shown; docs/static-files.md has the rules.'
  },
  // answering
  TREEWAY_NOT_FOUND: {
    status: 404,
    title: 'No route, and no file',
    fix: 'Run `treeway routes` to see what is served.'
  },
  TREEWAY_METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The URL has no handler for this method',
    fix: 'Use one of the methods in the Allow header.'
  },
  TREEWAY_HOST_NOT_ALLOWED: {
    status: 421,
    title: 'The function does not answer for this host',
    fix: 'Use a host of invoke.allow_hosts, or add it there.'
  },
  TREEWAY_LOCAL_ONLY: {
    status: 403,
    title: 'The page answers only the machine that it runs on',
    fix: 'Open it from there, or let everybody see it with the option of its name (openapi, metrics).'
  },
  TREEWAY_TIMEOUT: {
    status: 504,
    title: 'The handler took longer than its time limit',
    fix: 'Make it faster or raise timeout_ms in fn.config.json.'
  },
  TREEWAY_BUSY: {
    status: 503,
    title: 'The function is at its limit of parallel requests',
    fix: 'Try again after the time in Retry-After, or raise max_concurrency in fn.config.json.'
  },
  TREEWAY_BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is larger than the limit',
    fix: 'Send less, or raise max_body_bytes in fn.config.json.'
  },
  TREEWAY_BODY_TOO_DEEP: {
    status: 400,
    title: 'The JSON of the request body is nested too deeply',
    fix: 'Send JSON with fewer levels.'
  },
  TREEWAY_HANDLER_FAILED: {
    status: 500,
    title: 'The handler failed',
    fix: 'See the log: it has the error under this request id.'
  },
  TREEWAY_ANSWER_INVALID: {
    status: 500,
    title: 'The handler answered with something that can not be sent',
    fix: 'Return what docs/handlers.md lists for this style.'
  },
  TREEWAY_ANSWER_MISSING: {
    status: 500,
    title: 'An async handler resolved with undefined and sent nothing',
    fix: 'Return what is to be sent, or call reply.send(): with dialect fastify1 the request waits for it.'
  },
  // languages
  TREEWAY_LANGUAGE_MISSING: {
    status: 501,
    title: 'A language of the tree is not installed',
    fix: 'Install it, or remove the files that need it.'
  },
  TREEWAY_INSTALL_FAILED: {
    status: 500,
    title: 'The dependencies of a function can not be installed',
    fix: "Correct the dependency list; the tool's own words are below."
  },
  TREEWAY_INSTALL_FROZEN: {
    status: 500,
    title: 'Dependencies are not installed, and installing is switched off',
    fix: 'Run `treeway build` first, or start without --frozen.'
  },
  TREEWAY_COMPILE_FAILED: {
    status: 500,
    title: 'A file does not compile',
    fix: "Correct the line shown; the compiler's own words are below."
  },
  TREEWAY_WORKER_CRASHED: {
    status: 502,
    title: 'The process that ran the handler ended before it answered',
    fix: 'See the log for its last words; exit() in a handler, a native module or too little memory end a process.'
  },
  TREEWAY_CLIENT_GONE: {
    status: 499,
    title: 'The client closed the connection before the answer',
    fix: 'Nothing to do: nobody waits for this answer.'
  },
  TREEWAY_LANGUAGE_PENDING: {
    status: 501,
    title: 'This language is not served yet',
    fix: 'Use another language for this route for now.'
  },
  // command line
  TREEWAY_PORT_TAKEN: {
    status: 500,
    title: 'The port is taken',
    fix: 'Stop the other program or choose another --port.'
  },
  TREEWAY_LISTEN_FAILED: {
    status: 500,
    title: 'The server can not listen on this address',
    fix: 'Choose another --host or --port.'
  },
  TREEWAY_FILE_EXISTS: {
    status: 500,
    title: 'A file that would be written is there already',
    fix: 'Name an empty folder, or move the file away.'
  },
  TREEWAY_BUILD_UNFIT: {
    status: 500,
    title: 'The build was made for another Treeway, Node or platform',
    fix: 'Run `treeway build` again, with the versions and on the platform that will serve it.'
  },
  TREEWAY_BUILD_TARGET: {
    status: 500,
    title: 'The build can not be written there',
    fix: 'Name an empty folder, or one that an earlier build made, outside the folders of the project.'
  },
  TREEWAY_OPTIONS_UNSEEN: {
    status: 500,
    title: 'A built module has route options that its source does not show',
    fix: 'Write them as `export const options` in the handler file, or start with --eager.'
  },
  TREEWAY_USAGE: {
    status: 500,
    title: 'The command line is not valid',
    fix: 'Run `treeway help` to see commands and options.'
  }
} as const satisfies Record<string, Definition>

interface Definition {
  readonly status: number
  readonly title: string
  readonly fix: string
}

export type Code = keyof typeof definitions

/** A fault found in the tree. Data, never thrown: whoever reads a tree collects these. */
export interface Problem {
  readonly code: Code
  /** `warning` never stops a start. */
  readonly severity: 'error' | 'warning'
  /** Path below the project's directory, with forward slashes. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1. */
  readonly column?: number
  readonly message: string
  readonly fix: string
  /** Lines to print under the message: a caret under a name, a piece of source, a compiler's words. */
  readonly frame?: string
}

export interface ProblemDetails {
  readonly severity?: 'error' | 'warning'
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly fix?: string
  readonly frame?: string
}

/** A problem with the title and fix of its code where `details` has no better one. */
export function createProblem(code: Code, message: string, details: ProblemDetails = {}): Problem {
  return { code, severity: 'error', fix: definitions[code].fix, ...details, message }
}

/** An error with a code of the table. Sent over HTTP as `{ statusCode, code, error, message }`. */
export class TreewayError extends Error {
  override readonly name = 'TreewayError'
  readonly code: Code
  readonly statusCode: number
  readonly fix: string
  /** The problems that made a start refuse. */
  readonly problems: readonly Problem[]
  /** Seconds a client should wait, sent as Retry-After. */
  readonly retryAfterSeconds?: number

  constructor(code: Code, message: string, options: TreewayErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.statusCode = definitions[code].status
    this.fix = options.fix ?? definitions[code].fix
    this.problems = options.problems ?? []
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export interface TreewayErrorOptions {
  readonly cause?: unknown
  readonly fix?: string
  readonly problems?: readonly Problem[]
  readonly retryAfterSeconds?: number
}

export function toDefinition(code: Code): Definition {
  return definitions[code]
}

/** All codes, for the docs test. */
export function listCodes(): Code[] {
  return Object.keys(definitions) as Code[]
}

/** Keeps a switch over `kind` exhaustive. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
