import type { Command } from '../command.ts'
import { buildCommand } from './build.ts'
import { checkCommand } from './check.ts'
import { devCommand } from './dev.ts'
import { initCommand } from './init.ts'
import { reloadCommand } from './reload.ts'
import { routesCommand } from './routes.ts'
import { startCommand } from './start.ts'
import { typesCommand } from './types.ts'

/** In the order of the help. Each imports what is heavy when it runs, so that help and version stay quick. */
export const commands: readonly Command[] = [
  devCommand,
  startCommand,
  reloadCommand,
  buildCommand,
  routesCommand,
  checkCommand,
  typesCommand,
  initCommand
]
