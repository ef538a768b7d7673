/**
 * What the tree serves, by method and URL: `'GET /users/:id'`. Filled by `.treeway/types/routes.d.ts`, which
 * `treeway dev` and `treeway types` write.
 */
// oxlint-disable-next-line typescript/no-empty-interface
export interface Routes {}

/** One route for the compiler. */
export interface RouteTypes {
  /** Parameters of the URL, as the handler sees them. */
  readonly params: object
  /** Name of the parameter that is the rest of the path. */
  readonly rest: string | undefined
  /** What a client sends: what has a default may be left out. */
  readonly sent: { readonly query: object; readonly body: unknown }
  /** What the handler gets: converted and completed by the schema. */
  readonly received: { readonly query: object; readonly body: unknown }
  /** What comes back when all is well, as JSON makes it. */
  readonly answer: unknown
}

/** A query without a schema, for the one who sends it. */
export type AnyQuery = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>
type QueryValue = string | number | boolean

/** A query without a schema, for the handler. */
export type AnyReceivedQuery = Readonly<Record<string, string | string[]>>

/** A route as handlers name it: `'GET /users/:id'`, or `'/users/:id'` for all of its methods. Before types are written any text is one; `*` is a route of which nothing is known. */
export type RouteName<R = Routes> = keyof R extends never
  ? string
  : (keyof R & string) | PathOf<keyof R & string> | '*'

type PathOf<Name extends string> = Name extends `${string} ${infer Path}` ? Path : never

/** The types of a route; of several methods either's. */
export type TypesOf<Name extends string, R = Routes> = Name extends '*'
  ? UnknownRoute<string>
  : keyof R extends never
    ? UnknownRoute<Name>
    : Name extends keyof R
      ? R[Name]
      : R[Extract<keyof R, `${string} ${Name}`>]

/** A route that no types were written for: its parameters are read from its name. */
interface UnknownRoute<Name extends string> {
  readonly params: string extends Name ? Readonly<Record<string, string>> : ParamsIn<Name>
  readonly rest: RestIn<Name>
  readonly sent: { readonly query: AnyQuery; readonly body: unknown }
  readonly received: { readonly query: AnyReceivedQuery; readonly body: unknown }
  readonly answer: unknown
}

/** `{ id: string }` of `/users/:id`. */
export type ParamsIn<Path extends string> = { readonly [Name in RequiredIn<Path>]: string } & {
  readonly [Name in OptionalIn<Path>]?: string
}

type RequiredIn<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? RequiredIn<Head> | RequiredIn<Tail>
  : Path extends `${string}*${string}?`
    ? never
    : Path extends `${string}:${infer Rest}` | `${string}*${infer Rest}`
      ? FirstWord<Rest> | RequiredIn<AfterWord<Rest>>
      : never

/** The name of what is the rest of a path. */
type RestIn<Path extends string> = Path extends `${string}/*${infer Name}`
  ? Name extends `${infer Bare}?`
    ? Bare
    : Name
  : undefined

type OptionalIn<Path extends string> = Path extends `${string}/*${infer Name}?` ? Name : never

type Mark = '-' | '.' | ':' | '~' | ',' | '@' | ' ' | '+'
type FirstWord<Text extends string> = Text extends `${infer Word}${Mark}${string}` ? FirstWord<Word> : Text
type AfterWord<Text extends string> = Text extends `${FirstWord<Text>}${infer Rest}` ? Rest : ''

/**
 * What a handler answers, as its client sees it: of `{ status, body }` the body, of a plain value the value, of a
 * `TypedResponse` what it says, and of a `Response` or a reply nobody knows.
 */
export type AnswerOf<Handler> = Handler extends (...args: never) => infer Result
  ? BodyOf<Exclude<Awaited<Result>, undefined | void>>
  : unknown

type BodyOf<Result> = Result extends { readonly headers: unknown; json(): Promise<infer Body> }
  ? Said<Body>
  : Result extends { readonly body: infer Body; readonly status: number }
    ? Json<Body>
    : Result extends
          | { readonly status: number; readonly headers: unknown }
          | { readonly raw: unknown; readonly sent: boolean }
      ? unknown
      : Json<Result>

/** A plain `Response` promises anything. */
type Said<Body> = 0 extends 1 & Body ? unknown : Json<Body>

/** A value on its way through JSON: a date is a text, a function is nothing. */
export type Json<Value> = Value extends { toJSON(): infer Made }
  ? Made
  : Value extends (...args: never) => unknown
    ? never
    : Value extends object
      ? { [Key in keyof Value]: Json<Value[Key]> }
      : Value
