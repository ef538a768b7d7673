import type { Language } from '../language.ts'
import { createWorkerRuntime } from '../workers/runtime.ts'
import { luaSpec } from './spec.ts'

export const lua: Language = {
  name: 'lua',
  extensions: ['lua'],
  createRuntime: (options) => createWorkerRuntime(luaSpec, options)
}
