/** One line of a metric: its name with suffix, labels, value. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/
const NUMBER = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/
const SUFFIXES = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] } as const

/**
 * Reads version 0.0.4 of Prometheus' text format and throws at whatever is not allowed there or against its conventions:
 * lines of one metric apart, samples twice, buckets that fall, a counter without `_total`.
 */
export function parsePrometheusText(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.')
  const samples: Sample[] = []
  const types = new Map<string, keyof typeof SUFFIXES>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [mark, word, name = '', rest = ''] = line.split(/ (.*?) (.*?) (.*)/s)
    if (mark === '#' && word === 'HELP') {
      if (types.has(name) || !NAME.test(name) || rest === '') throw new Error(`HELP out of place: ${line}`)
      current = name
    } else if (mark === '#' && word === 'TYPE') {
      if (name !== current || types.has(name)) throw new Error(`TYPE out of place: ${line}`)
      if (!(rest in SUFFIXES)) throw new Error(`not a type: ${line}`)
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`not a good name: ${line}`)
      types.set(name, rest as keyof typeof SUFFIXES)
    } else {
      const sample = parseSample(line)
      const suffixes = SUFFIXES[types.get(current) ?? fail(`no TYPE before: ${line}`)]
      if (!suffixes.some((suffix) => sample.name === current + suffix))
        throw new Error(`not of ${current}: ${line}`)
      samples.push(sample)
    }
  }
  refuseTwins(samples)
  refuseFallingBuckets(samples)
  return samples
}

/** The sum of all samples of a name that have these labels. */
export function sumOf(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

function parseSample(line: string): Sample {
  const [, name = '', labelText = '', value = ''] = LINE.exec(line) ?? fail(`not a line: ${line}`)
  if (!NUMBER.test(value)) throw new Error(`not a number: ${line}`)
  const labels: Record<string, string> = {}
  let rest = labelText
  while (rest !== '') {
    const [whole, key = '', text = ''] = LABEL.exec(rest) ?? fail(`not a label: ${line}`)
    if (key in labels) throw new Error(`a label twice: ${line}`)
    labels[key] = text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: value.endsWith('Inf') ? Infinity : Number(value) }
}

function refuseTwins(samples: readonly Sample[]): void {
  const keys = samples.map(({ name, labels }) => name + JSON.stringify(Object.entries(labels).sort()))
  if (new Set(keys).size !== keys.length) throw new Error('A sample is there twice.')
}

function refuseFallingBuckets(samples: readonly Sample[]): void {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples.filter(({ name }) => name.endsWith('_bucket'))) {
    const { le: _bound, ...labels } = sample.labels
    const key = sample.name + JSON.stringify(labels)
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  for (const [key, group] of groups) {
    const bounds = group.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])))
    const isRising = group.every(
      ({ value }, i) =>
        i === 0 || (value >= (group[i - 1]?.value ?? 0) && (bounds[i] ?? 0) > (bounds[i - 1] ?? 0))
    )
    if (!isRising || bounds.at(-1) !== Infinity) throw new Error(`buckets fall: ${key}`)
    const { name, labels } = group[0] ?? fail('empty')
    const { le: _bound, ...rest } = labels
    if (sumOf(samples, name.replace(/_bucket$/, '_count'), rest) !== group.at(-1)?.value)
      throw new Error(`the last bucket is not the count: ${key}`)
  }
}

function fail(message: string): never {
  throw new Error(message)
}
