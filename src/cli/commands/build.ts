import { TreewayError } from '../../errors.ts'
import type { Command } from '../command.ts'

export const buildCommand: Command = {
  name: 'build',
  summary: 'Freeze the tree for production (comes with a later release).',
  flags: [],
  examples: [{ command: 'treeway build', meaning: 'says that it is not there yet, with exit code 1' }],
  run() {
    return Promise.reject(
      new TreewayError('TREEWAY_BUILD_PENDING', 'treeway build comes with a later release.')
    )
  }
}
