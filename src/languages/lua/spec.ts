import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerFunction } from '../language.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import type { Preparation, PrepareContext, WorkerProgram, WorkerSpec } from '../workers/spec.ts'
import { findLua, type Lua } from './find-lua.ts'

const PROGRAM = fileURLToPath(new URL('../../../workers/lua/main.lua', import.meta.url))

/** LuaJIT sees to its signals itself; plain Lua can not, and `exec` hands on that one is ignored. */
const IGNORE_SIGNALS = 'trap "" TERM; exec "$0" "$@"'

/**
 * One process for all files, more while requests wait: each file has globals and helpers of its own there. Frames go over
 * the standard streams, since Lua can not open a socket it inherits (`/dev/fd/3` is ENXIO for sockets).
 */
export const luaSpec: WorkerSpec = {
  language: 'lua',
  channel: 'stdio',
  isBlocking: true,
  maxProcesses: Math.max(8, availableParallelism() * 4),
  hasOwnGroup: true,
  reload: 'frame',
  hasCheck: true,
  prepare,
  needsPrepare: (file) => basename(file) === '.luarc.json'
}

async function prepare(functions: readonly WorkerFunction[], context: PrepareContext): Promise<Preparation> {
  const programs = new Map<string, WorkerProgram>()
  if (functions.length === 0) return { problems: [], programs }
  const found = new Map<string, Lua>()
  const search = { names: ['.luarc.json'], dir: context.dir, seen: new Map<string, string | undefined>() }
  for (const { file } of functions) {
    const wanted = readWanted(findNearestFile(file, search))
    const lua = found.get(wanted) ?? (await findLua(wanted, context))
    if ('code' in lua) return { problems: [lua], programs }
    found.set(wanted, lua)
    programs.set(file, toProgram(lua))
  }
  return { problems: [], programs }
}

/** What Lua's language server reads too: `{ "runtime": { "version": "Lua 5.4" } }` or `{ "runtime.version": "LuaJIT" }`. */
function readWanted(file: string | undefined): string {
  if (file === undefined) return ''
  // it may hold comments, which JSON.parse does not read
  const text = readFileSync(file, 'utf8')
  const [, version = ''] = /"(?:Lua\.)?(?:runtime\.)?version"\s*:\s*"(LuaJIT|Lua 5\.\d)"/.exec(text) ?? []
  return version
}

function toProgram({ executable, kind }: Lua): WorkerProgram {
  return kind === 'LuaJIT'
    ? { key: executable, command: executable, args: [PROGRAM] }
    : { key: executable, command: '/bin/sh', args: ['-c', IGNORE_SIGNALS, executable, PROGRAM] }
}
