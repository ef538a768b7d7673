import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { hasTool } from './runtime-project.ts'

/** What FastFN's routing page prints for PHP and Lua, to the letter. */
const PHP_PARAMETER = `<?php
function handler($event, $params) {
    // For /users/42, $params["id"] will be "42"
    return ["status" => 200, "body" => $params["id"]];
}
`
const LUA_PARAMETER = `local function handler(event, params)
    -- For /users/42, params.id will be "42"
    return { status = 200, body = params.id }
end

return handler
`
const PHP_METHODS = `<?php
function handler($event) {
    if ($event["method"] === "POST") return create_item($event);
    if ($event["method"] === "GET") return get_item($event);
    return ["status" => 405, "body" => "Method not allowed"];
}
`
const LUA_METHODS = `local function handler(event)
    if event.method == "POST" then return create_item(event) end
    if event.method == "GET"  then return get_item(event)    end
    return { status = 405, body = "Method not allowed" }
end

return handler
`

/** What the page leaves to its reader. */
const PHP_ITEMS = `
function create_item($event) { return ["status" => 201, "body" => "created " . $event["body"]]; }
function get_item($event) { return ["item" => $event["query"]["id"]]; }
`
const LUA_ITEMS = `function create_item(event) return { status = 201, body = "created " .. event.body } end
function get_item(event) return { item = event.query.id } end
`
const ALL_METHODS = JSON.stringify({ invoke: { methods: ['GET', 'POST', 'PUT'] } })

const files: Readonly<Record<string, string>> = {
  'functions/php/users/[id].php': PHP_PARAMETER,
  'functions/lua/users/[id].lua': LUA_PARAMETER,
  'functions/php/items/index.php': PHP_METHODS + PHP_ITEMS,
  'functions/php/items/fn.config.json': ALL_METHODS,
  'functions/lua/items/index.lua': LUA_ITEMS + LUA_METHODS,
  'functions/lua/items/fn.config.json': ALL_METHODS,
  'functions/php/files/[...path]/get.php':
    '<?php\nrequire __DIR__ . "/_shared.php";\nfunction handler($event, $params) { return [depth($params["path"]), $params["path"]]; }\n',
  'functions/php/files/[...path]/_shared.php':
    '<?php\nfunction depth($path) { return count(explode("/", $path)); }\n',
  'functions/lua/files/[...path]/get.lua':
    'local shared = require("_shared")\nreturn function(event, params) return { shared.depth(params.path), params.path } end\n',
  'functions/lua/files/[...path]/_shared.lua':
    'return { depth = function(path) return select(2, path:gsub("/", "")) + 1 end }\n',
  'functions/php/env.php':
    '<?php\nfunction handler($event) { return [getenv("TEA"), $event["env"]["TEA"]]; }\n',
  'functions/php/fn.env.json': JSON.stringify({ TEA: 'oolong' }),
  'functions/lua/env.lua': 'return function(event) return { os.getenv("TEA"), event.env.TEA } end\n',
  'functions/lua/fn.env.json': JSON.stringify({ TEA: 'assam' })
}

describe.skipIf(!hasTool('php') || !hasTool('luajit', ['-v']))("FastFN's page in PHP and Lua", () => {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-page-'))
  let app: FastifyInstance

  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), text)
    }
    app = await createApp({ dir })
  })
  afterAll(async () => {
    await app.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it.each(['php', 'lua'])('%s gets the route parameter of /users/42', async (language) => {
    const { statusCode, body } = await app.inject(`/${language}/users/42`)
    expect([statusCode, body]).toEqual([200, '42'])
  })

  it.each(['php', 'lua'])('%s tells methods apart', async (language) => {
    const url = `/${language}/items`
    expect((await app.inject(`${url}?id=7`)).json()).toEqual({ item: '7' })
    const posted = await app.inject({
      method: 'POST',
      url,
      payload: 'tea',
      headers: { 'content-type': 'text/plain' }
    })
    expect([posted.statusCode, posted.body]).toEqual([201, 'created tea'])
    const put = await app.inject({ method: 'PUT', url })
    expect([put.statusCode, put.body]).toEqual([405, 'Method not allowed'])
  })

  it.each(['php', 'lua'])('%s takes the rest of the path and a helper beside it', async (language) => {
    const { body } = await app.inject(`/${language}/files/docs/2024/report.pdf`)
    expect(JSON.parse(body)).toEqual([3, 'docs/2024/report.pdf'])
  })

  it.each([
    ['php', 'oolong'],
    ['lua', 'assam']
  ])('%s sees what fn.env.json gives it', async (language, tea) => {
    expect((await app.inject(`/${language}/env`)).json()).toEqual([tea, tea])
  })
})
