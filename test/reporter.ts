import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type { SerializedError } from 'vitest'

interface ReporterOptions {
  /** Prints each failing test in full. Default true; false beside a reporter that does. */
  readonly showsFailures?: boolean
}

/** A failing test, or a file that could not be run at all. */
interface Failure {
  readonly name: string
  readonly errors: readonly SerializedError[]
}

/** Quiet but for failures; its last line is `N passed, N failed, N skipped` and nothing else. */
export default class SummaryReporter implements Reporter {
  readonly #showsFailures: boolean

  constructor({ showsFailures = true }: ReporterOptions = {}) {
    this.#showsFailures = showsFailures
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const skipped = tests.filter((test) => isState(test, 'skipped'))
    const failures = [
      ...modules.flatMap(listModuleFailures),
      ...tests.flatMap(toFailure),
      ...(isStrict() ? skipped.flatMap(toUnexplained) : []),
      ...unhandled.map((error) => ({ name: 'outside of a test', errors: [error] }))
    ]
    if (this.#showsFailures) for (const failure of failures) print(toText(failure))
    else if (isStrict()) for (const failure of skipped.flatMap(toUnexplained)) print(toText(failure))
    if (failures.length > 0) process.exitCode = 1
    const passed = tests.filter((test) => isState(test, 'passed')).length
    const counted = skipped.length - (isStrict() ? skipped.flatMap(toUnexplained).length : 0)
    print(`${passed} passed, ${failures.length} failed, ${counted} skipped`)
  }
}

/** With CI=true a test may be skipped for a reason, but not because something is not installed. */
function isStrict(): boolean {
  return process.env['CI'] === 'true'
}

function isState(test: TestCase, state: 'passed' | 'skipped'): boolean {
  return test.result().state === state
}

function listModuleFailures(module: TestModule): Failure[] {
  const suites = [...module.children.allSuites()].map((suite) => ({
    name: suite.fullName,
    errors: suite.errors()
  }))
  const own = { name: '', errors: module.errors() }
  return [own, ...suites]
    .filter(({ errors }) => errors.length > 0)
    .map(({ name, errors }) => ({ name: `${module.relativeModuleId} ${name}`.trim(), errors }))
}

function toFailure(test: TestCase): Failure[] {
  const result = test.result()
  return result.state === 'failed' ? [{ name: toName(test), errors: result.errors }] : []
}

function toUnexplained(test: TestCase): Failure[] {
  const result = test.result()
  const note = result.state === 'skipped' ? (result.note ?? '') : ''
  if (note !== '' && !note.includes('not installed')) return []
  const message = note === '' ? 'Skipped without a reason.' : `Skipped: ${note}.`
  return [{ name: toName(test), errors: [{ message }] }]
}

function toName(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}

function toText({ name, errors }: Failure): string {
  return [`\nFAILED ${name}`, ...errors.map(toErrorText)].join('\n')
}

function toErrorText({ name, message, stack, diff }: SerializedError): string {
  const frames = (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node_modules'))
  const title = name === undefined || name === 'AssertionError' ? message : `${name}: ${message}`
  return [title, typeof diff === 'string' ? diff : '', ...frames.slice(0, 8)]
    .filter((line) => line !== '')
    .join('\n')
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
