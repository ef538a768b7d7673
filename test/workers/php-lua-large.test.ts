import { describe, expect, it } from 'vitest'
import { lua } from '../../src/languages/lua/lua.ts'
import { php } from '../../src/languages/php/php.ts'
import { hasTool, openProject, readBody } from './runtime-project.ts'

const SIZE = 100 * 1024 * 1024
const cases = [
  ['PHP', php, 'x.php', `<?php\nfunction handler() { return str_repeat("x", ${SIZE}); }\n`],
  ['Lua', lua, 'x.lua', `return function() return ("x"):rep(${SIZE}) end\n`]
] as const

describe.skipIf(!hasTool('php') || !hasTool('luajit', ['-v']))('an answer of 100 MB', () => {
  it.each(cases)('comes whole from %s', { timeout: 60_000 }, async (_, language, name, source) => {
    const project = await openProject(language, { [name]: source }, { fn: { timeoutMs: 50_000 } })
    expect(await readBody(await project.invoke(name))).toHaveLength(SIZE)
    await project.close()
  })
})
