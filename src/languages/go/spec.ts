import { basename } from 'node:path'
import { prepareCompiled } from '../compiled/prepare-compiled.ts'
import type { WorkerSpec } from '../workers/spec.ts'
import { goCompiler } from './compiler.ts'

/** One compiled program for each go.mod: a goroutine for each call. */
export const goSpec: WorkerSpec = {
  language: 'go',
  channel: 'fd3',
  isBlocking: false,
  maxProcesses: 1,
  reload: 'process',
  hasCheck: false,
  printsPlainLines: true,
  prepare: async (functions, context) => await prepareCompiled(goCompiler, functions, context),
  needsPrepare: (file) => file.endsWith('.go') || /^go\.(mod|sum)$/.test(basename(file))
}
