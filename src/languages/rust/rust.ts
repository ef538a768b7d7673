import type { Language } from '../language.ts'
import { createWorkerRuntime } from '../workers/runtime.ts'
import { rustSpec } from './spec.ts'

export const rust: Language = {
  name: 'rust',
  extensions: ['rs'],
  createRuntime: (options) => createWorkerRuntime(rustSpec, options)
}
