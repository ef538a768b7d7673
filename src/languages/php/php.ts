import type { Language } from '../language.ts'
import { createWorkerRuntime } from '../workers/runtime.ts'
import { phpSpec } from './spec.ts'

export const php: Language = {
  name: 'php',
  extensions: ['php'],
  createRuntime: (options) => createWorkerRuntime(phpSpec, options)
}
