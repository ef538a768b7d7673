import type { Language } from '../language.ts'
import { createWorkerRuntime } from '../workers/runtime.ts'
import { goSpec } from './spec.ts'

export const go: Language = {
  name: 'go',
  extensions: ['go'],
  createRuntime: (options) => createWorkerRuntime(goSpec, options)
}
