import { basename } from 'node:path'
import { prepareCompiled } from '../compiled/prepare-compiled.ts'
import type { WorkerSpec } from '../workers/spec.ts'
import { rustCompiler } from './compiler.ts'

/** One compiled program for each set of dependencies: a pool of threads that grows while handlers wait. */
export const rustSpec: WorkerSpec = {
  language: 'rust',
  channel: 'fd3',
  isBlocking: false,
  maxProcesses: 1,
  reload: 'process',
  hasCheck: false,
  printsPlainLines: true,
  prepare: async (functions, context) => await prepareCompiled(rustCompiler, functions, context),
  needsPrepare: (file) => file.endsWith('.rs') || /^Cargo\.(toml|lock)$/.test(basename(file))
}
