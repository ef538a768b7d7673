import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { hasTool } from './runtime-project.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** Prints `ok <title>` or `not ok <title>` for each of its tests, and fails when one of them does. */
const programs = [
  ['PHP', 'php', ['workers/php/tests/protocol.php'], {}],
  ['LuaJIT', 'luajit', ['workers/lua/tests/protocol.lua'], {}],
  ['LuaJIT without cjson', 'luajit', ['workers/lua/tests/protocol.lua'], { FORCE: 'plain' }],
  ['Lua 5.4', 'lua5.4', ['workers/lua/tests/protocol.lua'], {}],
  ['Lua 5.4 without cjson', 'lua5.4', ['workers/lua/tests/protocol.lua'], { FORCE: 'plain' }]
] as const

describe('the worker programs of blocking languages', () => {
  it.skipIf(!hasTool('php') || !hasTool('luajit', ['-v'])).each(programs)(
    '%s passes its own tests of the protocol',
    { timeout: 60_000 },
    async (_, command, args, env) => {
      const { stdout } = await run(command, [...args], { cwd: root, env: { ...process.env, ...env } })
      expect(stdout).not.toMatch(/^not ok/m)
      expect(stdout.match(/^ok /gm)?.length).toBeGreaterThan(10)
    }
  )
})
