import { createProblem, type Problem } from '../../errors.ts'
import { toInstallHint } from '../workers/install-hint.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

export interface Lua {
  /** Absolute path of the interpreter. */
  readonly executable: string
  /** `LuaJIT` or `Lua 5.4`. */
  readonly kind: string
}

const QUESTION = 'io.write(jit and "LuaJIT" or _VERSION)'
const LUAJIT = ['luajit', 'luajit-2.1', 'luajit2', 'luajit-2.1.0-beta3']
const PLAIN = ['lua5.4', 'lua54', 'lua-5.4', 'lua5.5', 'lua55', 'lua', 'lua5.3', 'lua53']

/**
 * The Lua of PATH, or the problem that there is none to use. LuaJIT first, unless `wanted` (`Lua 5.4`) says otherwise:
 * it is what FastFN's handlers were written for, and serves a request at a third of the price.
 */
export async function findLua(wanted: string, context: PrepareContext): Promise<Lua | Problem> {
  const isPlainWanted = /^Lua \d/.test(wanted)
  const names = isPlainWanted ? [...PLAIN, ...LUAJIT] : [...LUAJIT, ...PLAIN]
  let reason = 'there is neither luajit nor lua5.4 on PATH'
  for (const name of names) {
    const command = findCommand([name], context.hostEnv)
    if (command === undefined) continue
    const kind = await readKind(command, context)
    if (isSupported(kind)) return { executable: command, kind }
    reason = `${command} is ${kind === '' ? 'not to be run' : kind}; 5.3 or later or LuaJIT is needed`
  }
  return toMissing(`Lua is not installed: ${reason}`)
}

async function readKind(command: string, { dir, hostEnv, signal }: PrepareContext): Promise<string> {
  const { isOk, stdout } = await runTool(command, ['-e', QUESTION], { cwd: dir, env: hostEnv, signal })
  return isOk ? stdout.trim() : ''
}

function isSupported(kind: string): boolean {
  const [, minor] = /^Lua 5\.(\d+)$/.exec(kind) ?? []
  return kind === 'LuaJIT' || Number(minor ?? 0) >= 3
}

function toMissing(message: string): Problem {
  const fix = toInstallHint({
    debian: 'apt-get install luajit lua-cjson',
    fedora: 'dnf install luajit',
    alpine: 'apk add luajit',
    arch: 'pacman -S luajit',
    macos: 'brew install luajit',
    other: 'https://luajit.org/install.html'
  })
  return createProblem('TREEWAY_LANGUAGE_MISSING', message, { fix })
}
