import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { lua } from '../../src/languages/lua/lua.ts'
import {
  hasTool,
  openProject,
  type ProjectOptions,
  readText,
  type RuntimeProject
} from './runtime-project.ts'

const returns = (text: string): string => `return function(event, params) return ${text} end\n`

const interpreters = [
  ['LuaJIT', 'luajit', ['-v']],
  ['Lua 5.4', 'lua5.4', ['-v']]
] as const

describe.each(interpreters.filter(([, command, args]) => hasTool(command, args)))(
  'modules beside %s handlers',
  (kind) => {
    let project: RuntimeProject

    const open = async (files: Record<string, string>, options?: ProjectOptions): Promise<void> => {
      const choice = JSON.stringify({ runtime: { version: kind } })
      project = await openProject(lua, { ...files, '.luarc.json': choice }, options)
    }
    const text = async (name: string): Promise<string> => await readText(await project.invoke(name))
    const edit = async (name: string, content: string): Promise<void> => {
      await project.runtime.reload([project.write(name, content)])
    }

    afterEach(async () => await project.close())

    it('are two modules when they share a name in two folders', async () => {
      await open({
        'a/_shared.lua': 'return { NAME = "a" }\n',
        'b/_shared.lua': 'return { NAME = "b" }\n',
        'a/x.lua': `local shared = require("_shared")\n${returns('shared.NAME')}`,
        'b/x.lua': `return function() return require("_shared").NAME end\n`
      })
      expect([await text('a/x.lua'), await text('b/x.lua'), await text('a/x.lua')]).toEqual(['a', 'b', 'a'])
    })

    it('require each other by dots and folders, from where they lie', async () => {
      await open({
        'api/_lib/init.lua': 'return { ONE = require("_lib.one").ONE }\n',
        'api/_lib/one.lua': 'return { ONE = require("two").TWO .. require("helper") }\n',
        'api/_lib/two.lua': 'return { TWO = "2" }\n',
        'api/helper.lua': 'return "h"\n',
        'api/[id].lua': `local lib = require "_lib"\n${returns('{ lib.ONE, require("_lib").ONE }')}`
      })
      expect(await text('api/[id].lua')).toBe('["2h","2h"]')
    })

    it('are found in the folders above, the nearest first, and in lua_modules', async () => {
      const version = kind === 'LuaJIT' ? '5.1' : '5.4'
      await open({
        '_db.lua': 'return "root"\n',
        'a/_db.lua': 'return "a"\n',
        'a/b/x.lua': returns('require("_db")'),
        'c/x.lua': returns('require("_db")'),
        [`lua_modules/share/lua/${version}/rocks/init.lua`]: 'return "rocks"\n',
        'c/y.lua': returns('require("rocks")')
      })
      expect([await text('a/b/x.lua'), await text('c/x.lua'), await text('c/y.lua')]).toEqual([
        'a',
        'root',
        'rocks'
      ])
    })

    it("never hide Lua's own modules, nor are found by themselves", async () => {
      await open({
        'string.lua': returns('"route"'),
        'cjson.lua': `local cjson = require("cjson")\n${returns('cjson.encode({ 1 })')}`,
        'x.lua': returns('require("string").rep("x", 2)')
      })
      expect([await text('x.lua'), await text('cjson.lua')]).toEqual(['xx', '[1]'])
    })

    it('keep their globals to themselves, and share them with the helpers they require', async () => {
      await open({
        'a.lua': 'counter = (counter or 0) + 1\nfunction handler() return tostring(counter) end\n',
        'b.lua': `helper = "mine"\nrequire("_old")\nreturn function() return tostring(counter) .. old() .. tostring(_G.helper) end\n`,
        '_old.lua': 'function old() return helper end\n'
      })
      expect([await text('a.lua'), await text('b.lua')]).toEqual(['1', 'nilminemine'])
    })

    it('load by dofile, loadfile and load with the same globals', async () => {
      await open({
        '_part.lua': 'shared = "s"\nreturn 1\n',
        'x.lua': `local part = dofile("_part.lua")\n${returns('part .. shared .. load("return shared")() .. #{ table.unpack({ 1, 2 }) } .. type(unpack)')}`
      })
      expect(await text('x.lua')).toBe('1ss2function')
    })

    it('are told when they are not found, do not parse, raise, or go in a circle', async () => {
      await open({
        'a.lua': returns('require("nowhere")'),
        'b.lua': returns('require("_b")'),
        '_b.lua': 'return )\n',
        'c.lua': `require("_c")\n${returns('1')}`,
        '_c.lua': '\nerror("in the helper")\n',
        'd.lua': returns('require("_d")'),
        '_d.lua': 'return require("_e")\n',
        '_e.lua': 'return require("_d")\n',
        'e.lua': returns('tostring(pcall(require, "nowhere"))')
      })
      await expect(text('a.lua')).rejects.toThrow("module 'nowhere' not found")
      await expect(text('b.lua')).rejects.toMatchObject({
        code: 'TREEWAY_SYNTAX',
        problems: [{ file: '_b.lua', line: 1 }]
      })
      await expect(text('c.lua')).rejects.toMatchObject({
        code: 'TREEWAY_LOAD_FAILED',
        problems: [{ file: '_c.lua', line: 2 }]
      })
      await expect(text('d.lua')).rejects.toThrow('require each other')
      expect(await text('e.lua')).toBe('false')
    })

    it('are loaded anew when they change, with whatever requires them, and nothing else', async () => {
      await open({
        '_deep.lua': 'return 1\n',
        '_mid.lua': 'return { V = require("_deep") }\n',
        'x.lua': `local V = require("_mid").V\n${returns('V')}`,
        'y.lua': 'n = 0\nreturn function() n = n + 1 return n end\n'
      })
      expect([await text('x.lua'), await text('y.lua')]).toEqual(['1', '1'])
      await edit('_deep.lua', 'return 2\n')
      expect([await text('x.lua'), await text('y.lua')]).toEqual(['2', '2'])
      const began = performance.now()
      await edit('x.lua', returns('"edited"'))
      expect(await text('x.lua')).toBe('edited')
      expect(performance.now() - began).toBeLessThan(200)
    })

    it('recover when a fault is corrected, when a missing module appears, and when a nearer one goes', async () => {
      await open({
        'x.lua': 'return 1 +\n',
        'y.lua': `local later = require("later")\n${returns('later')}`,
        '_db.lua': 'return "root"\n',
        'a/z.lua': `local db = require("_db")\n${returns('db')}`
      })
      await expect(text('x.lua')).rejects.toMatchObject({ code: 'TREEWAY_SYNTAX' })
      await expect(text('y.lua')).rejects.toMatchObject({ code: 'TREEWAY_LOAD_FAILED' })
      expect(await text('a/z.lua')).toBe('root')
      await edit('x.lua', returns('1'))
      await edit('later.lua', 'return "now"\n')
      await edit('a/_db.lua', 'return "near"\n')
      expect([await text('x.lua'), await text('y.lua'), await text('a/z.lua')]).toEqual(['1', 'now', 'near'])
      rmSync(`${project.dir}/a/_db.lua`)
      await project.runtime.reload([`${project.dir}/a/_db.lua`])
      expect(await text('a/z.lua')).toBe('root')
    })

    it('see the variables of their function and no other, and nothing of the host', async () => {
      const source = `local at_load = os.getenv("GREETING")
return function(event)
  return { event.env.GREETING or "none", os.getenv("GREETING") or "none", at_load or "none", os.getenv("SECRET") or "none" }
end
`
      const hostEnv = { PATH: process.env['PATH'], SECRET: 'no' }
      const env = { 'a.lua': { GREETING: 'hi' }, 'b.lua': { GREETING: 'ho' } }
      await open({ 'a.lua': source, 'b.lua': source, 'c.lua': source }, { env, runtime: { hostEnv } })
      const all = await Promise.all(['a.lua', 'b.lua', 'c.lua', 'a.lua'].map(text))
      const a = '["hi","hi","hi","none"]'
      expect(all).toEqual([a, '["ho","ho","ho","none"]', '["none","none","none","none"]', a])
    })

    it('start programs that neither write nor read frames', async () => {
      await open({
        'x.lua': `return function()
  os.execute("cat; echo out")
  local pipe = io.popen("cat; echo piped")
  local text = pipe:read("*a")
  pipe:close()
  return text .. tostring(io.read())
end
`
      })
      expect(await text('x.lua')).toBe('piped\nnil')
    })
  }
)

describe.skipIf(!hasTool('luajit', ['-v']))('a machine without Lua', () => {
  it('gets one problem with what to do, and an error at each call', async () => {
    const files = { 'x.lua': returns('1'), 'y.lua': returns('1') }
    const project = await openProject(lua, files, { runtime: { hostEnv: { PATH: '/nonexistent' } } })
    expect(project.problems).toMatchObject([
      { code: 'TREEWAY_LANGUAGE_MISSING', fix: expect.any(String) as string }
    ])
    await expect(project.invoke('y.lua')).rejects.toMatchObject({ statusCode: 501 })
    await project.close()
  })
})
