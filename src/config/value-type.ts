import { describeValue } from './describe-value.ts'
import { toGuessFix } from './guess.ts'

/** What came of checking a value. */
export type Checked<T> = { readonly kind: 'value'; readonly value: T } | ValueFault

/** What is wrong with a value, without where it came from. */
export interface ValueFault {
  readonly kind: 'fault'
  readonly code: 'TREEWAY_CONFIG_INVALID' | 'TREEWAY_CONFIG_UNKNOWN'
  /** Key path: `trees[0].dir`. */
  readonly path: string
  readonly message: string
  readonly fix?: string
}

/** One kind of value: how it is checked, written in a flag or variable, and named in messages and docs. */
export interface ValueType<T> {
  /** `a whole number from 0 to 65535`. */
  readonly words: string
  readonly check: (value: unknown, path: string) => Checked<T>
  /** From the text of a flag or variable; what can not be read stays text, so that `check` says what it expects. */
  readonly fromText: (text: string) => unknown
  /** A flag of it takes no value. */
  readonly isSwitch?: true
}

type Shape = Readonly<Record<string, ValueType<unknown>>>
type ValuesOf<S extends Shape> = { readonly [Key in keyof S]: ValueOf<S[Key]> }

export type ValueOf<Type> = Type extends ValueType<infer T> ? T : never

export function text(words = 'a text'): ValueType<string> {
  return toType(
    words,
    (value): value is string => typeof value === 'string' && value !== '',
    (input) => input
  )
}

/** A path of a URL: `/metrics`. */
export function urlPath(example: string): ValueType<string> {
  const isPath = (value: unknown): value is string => typeof value === 'string' && /^\/[^\s?#]*$/.test(value)
  return toType(`a URL path such as ${example}`, isPath, (input) => input)
}

export function integer(range: { readonly min: number; readonly max?: number }): ValueType<number> {
  const { min, max = Number.MAX_SAFE_INTEGER } = range
  const words = `a whole number ${range.max === undefined ? `of at least ${min}` : `from ${min} to ${max}`}`
  const isInRange = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
  return toType(words, isInRange, (input) => (/^-?\d+$/.test(input.trim()) ? Number(input) : input))
}

export function boolean(): ValueType<boolean> {
  const fromText = (input: string): unknown =>
    /^(?:true|1|yes|on)$/i.test(input) ? true : /^(?:false|0|no|off)$/i.test(input) ? false : input
  return {
    ...toType('true or false', (value): value is boolean => typeof value === 'boolean', fromText),
    isSwitch: true
  }
}

export function oneOf<const T extends string>(choices: readonly T[]): ValueType<T> {
  const words = `one of ${choices.join(', ')}`
  const isChoice = (value: unknown): value is T => choices.some((choice) => choice === value)
  const type = toType(words, isChoice, (input) => input)
  return {
    ...type,
    check(value, path) {
      const checked = type.check(value, path)
      if (checked.kind === 'value' || typeof value !== 'string') return checked
      return { ...checked, fix: toGuessFix(value, choices, `Use ${words}.`) }
    }
  }
}

/** In a flag or variable: names with commas between them, or JSON. */
export function list<T>(item: ValueType<T>, words: string): ValueType<readonly T[]> {
  const fromText = (input: string): unknown =>
    input.trim().startsWith('[')
      ? fromJson(input)
      : input.split(',').map((part) => item.fromText(part.trim()))
  return {
    words,
    fromText,
    check: (value, path) =>
      Array.isArray(value) ? checkItems(item, value, path) : toFault(words, value, path)
  }
}

/** Names and texts. In a flag or variable: JSON. */
export function record(words: string): ValueType<Readonly<Record<string, string>>> {
  const isRecord = (value: unknown): value is Record<string, string> =>
    isPlainObject(value) && Object.values(value).every((entry) => typeof entry === 'string')
  return toType(words, isRecord, fromJson)
}

/** Anything that is an object; whoever takes it checks what is inside. */
export function anyObject<T extends object>(words: string): ValueType<T> {
  return toType(words, (value): value is T => isPlainObject(value), fromJson)
}

/** An object of these keys, required and optional, and no others. In a flag or variable: JSON. */
export function object<Required extends Shape, Optional extends Shape>(
  required: Required,
  optional: Optional,
  words: string
): ValueType<ValuesOf<Required> & Partial<ValuesOf<Optional>>> {
  type Value = ValuesOf<Required> & Partial<ValuesOf<Optional>>
  const findFault = (value: Readonly<Record<string, unknown>>, path: string): ValueFault | undefined =>
    listMemberFaults({ required, optional }, value, path)[0]
  const hasShape = (value: Readonly<Record<string, unknown>>): value is Value =>
    findFault(value, '') === undefined
  return {
    words,
    fromText: fromJson,
    check(value, path) {
      if (!isPlainObject(value)) return toFault(words, value, path)
      return hasShape(value)
        ? { kind: 'value', value }
        : (findFault(value, path) ?? toFault(words, value, path))
    }
  }
}

export function either<A, B>(first: ValueType<A>, second: ValueType<B>): ValueType<A | B> {
  const words = `${first.words}, or ${second.words}`
  const takesSecond = (value: unknown): boolean => second.check(value, '').kind === 'value'
  return {
    words,
    fromText: (input) => (input.trim().startsWith('{') ? second.fromText(input) : first.fromText(input)),
    check(value, path): Checked<A | B> {
      if (takesSecond(value)) return second.check(value, path)
      const checked = first.check(value, path)
      return checked.kind === 'value' ? checked : toFault(words, value, path)
    }
  }
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function toFault(words: string, value: unknown, path: string): ValueFault {
  const message = `"${path}" must be ${words}; received ${describeValue(value)}`
  return { kind: 'fault', code: 'TREEWAY_CONFIG_INVALID', path, message }
}

/** A key that no option has. */
export function toUnknownFault(path: string, key: string, known: readonly string[]): ValueFault {
  const fix = toGuessFix(key, known, `Remove it; known are ${known.join(', ')}.`)
  return {
    kind: 'fault',
    code: 'TREEWAY_CONFIG_UNKNOWN',
    path,
    message: `"${path}" is not a known option`,
    fix
  }
}

function toType<T>(
  words: string,
  isValue: (value: unknown) => value is T,
  fromText: (text: string) => unknown
): ValueType<T> {
  const check = (value: unknown, path: string): Checked<T> =>
    isValue(value) ? { kind: 'value', value } : toFault(words, value, path)
  return { words, check, fromText }
}

function checkItems<T>(item: ValueType<T>, values: readonly unknown[], path: string): Checked<readonly T[]> {
  const items: T[] = []
  for (const [i, value] of values.entries()) {
    const checked = item.check(value, `${path}[${i}]`)
    if (checked.kind === 'fault') return checked
    items.push(checked.value)
  }
  return { kind: 'value', value: items }
}

function listMemberFaults(
  { required, optional }: { readonly required: Shape; readonly optional: Shape },
  value: Readonly<Record<string, unknown>>,
  path: string
): ValueFault[] {
  const members = Object.entries({ ...required, ...optional })
  const known = members.map(([key]) => key)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  const wrong = members.flatMap(([key, type]) => {
    if (value[key] === undefined && !(key in required)) return []
    const checked = type.check(value[key], `${path}.${key}`)
    return checked.kind === 'fault' ? [checked] : []
  })
  return [...unknown.map((key) => toUnknownFault(`${path}.${key}`, key, known)), ...wrong]
}

function fromJson(input: string): unknown {
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}
