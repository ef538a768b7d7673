import type { Language } from '../language.ts'
import { createWorkerRuntime } from '../workers/runtime.ts'
import { pythonSpec } from './spec.ts'

export const python: Language = {
  name: 'python',
  extensions: ['py'],
  createRuntime: (options) => createWorkerRuntime(pythonSpec, options)
}
