-- Golden vectors, the answer rules, JSON, and random bytes. Run: luajit workers/lua/tests/protocol.lua (or lua5.4)

local here = arg[0]:match('^(.*)/[^/]*$') or '.'
local interpreter = arg[-1]
local main = here .. '/../main.lua'
local modules = {}

local function read_file(file)
  local handle = assert(io.open(file, 'rb'))
  local text = handle:read('*a')
  handle:close()
  return text
end

local function use(name)
  if modules[name] == nil then
    local chunk = assert((loadstring or load)(read_file(here .. '/../' .. name .. '.lua'), '=treeway'))
    modules[name] = chunk(use)
  end
  return modules[name]
end

-- FORCE=plain: without cjson, as on a machine that lacks it
if os.getenv('FORCE') == 'plain' then
  package.preload['cjson'] = function() error('not installed') end
end

local json, bytes, frames, answer = use('json'), use('bytes'), use('frames'), use('answer')
local vectors = assert(json.parse(read_file(here .. '/../../protocol/vectors.json')))
local rules = assert(json.parse(read_file(here .. '/../../protocol/answers.json')))

local function from_hex(text)
  return (text:gsub('%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
end

local function is_same(first, second)
  if type(first) ~= 'table' or type(second) ~= 'table' then return first == second end
  for key, value in pairs(first) do
    if not is_same(value, second[key]) then return false end
  end
  for key in pairs(second) do
    if first[key] == nil then return false end
  end
  return true
end

local function show(value)
  return type(value) == 'string' and ('%q'):format(value) or json.write(value) or tostring(value)
end

local function same(wanted, found, what)
  if not is_same(wanted, found) then error(what .. ': wanted ' .. show(wanted) .. ', found ' .. show(found), 2) end
end

local function refused(what, run, ...)
  local ok, fault = pcall(run, ...)
  if ok or type(fault) ~= 'table' then error(what .. ': not refused, ' .. tostring(fault), 2) end
  return fault
end

local function decode(pieces)
  local reader, found = frames.create_reader(), {}
  for _, piece in ipairs(pieces) do
    reader.push(piece)
    while true do
      local header, body = reader.next()
      if not header then break end
      found[#found + 1] = { header, body }
    end
  end
  return found
end

local function random_bytes(size)
  local out = {}
  for index = 1, size do out[index] = string.char(math.random(0, 255)) end
  return table.concat(out)
end

local function cut(text, most)
  local pieces, start = {}, 1
  while start <= #text do
    local size = math.random(1, most)
    pieces[#pieces + 1] = text:sub(start, start + size - 1)
    start = start + size
  end
  return pieces
end

-- Runs the worker itself on these bytes; its status and what it wrote.
local function run_worker(data)
  local input, output = os.tmpname(), os.tmpname()
  local handle = assert(io.open(input, 'wb'))
  handle:write(data)
  handle:close()
  local command = ('%s %s <%s >%s 2>/dev/null; echo $?'):format(interpreter, main, input, output)
  local pipe = io.popen(command)
  local status = tonumber(pipe:read('*a'))
  pipe:close()
  local text = read_file(output)
  os.remove(input)
  os.remove(output)
  return status, text
end

local tests = {}

tests['every frame decodes and encodes'] = function()
  for _, vector in ipairs(vectors.frames) do
    local data, body = from_hex(vector.frameHex), from_hex(vector.bodyHex)
    same({ { vector.header, body } }, decode({ data }), vector.name)
    same(data, frames.encode(vector.headerText, body), vector.name)
  end
end

tests['byte by byte and in random pieces they are the same'] = function()
  local all = {}
  for index, vector in ipairs(vectors.frames) do all[index] = from_hex(vector.frameHex) end
  local data = table.concat(all)
  local whole = decode({ data })
  same(#vectors.frames, #whole, 'frames')
  for _, most in ipairs({ 1, 2, 7, 100, 3000 }) do same(whole, decode(cut(data, most)), 'pieces up to ' .. most) end
end

tests['what is no frame is refused'] = function()
  for _, vector in ipairs(vectors.invalid) do
    assert(refused(vector.name, decode, { from_hex(vector.hex) }).protocol)
  end
end

tests['random bytes are refused or waited for'] = function()
  for _ = 1, 3000 do
    local ok, fault = pcall(decode, { random_bytes(math.random(1, 100)), random_bytes(math.random(1, 100)) })
    assert(ok or fault.protocol, tostring(fault))
  end
end

tests['text stays text and bytes become base64'] = function()
  for _, vector in ipairs(vectors.requestBodies) do
    local data = from_hex(vector.hex)
    local is_text = bytes.is_utf8(data)
    same(vector.is_base64 or false, not is_text, vector.name)
    if data ~= '' then same(vector.body, is_text and data or bytes.to_base64(data), vector.name) end
  end
end

tests['base64 goes there and back'] = function()
  for size = 0, 100 do
    local data = random_bytes(size)
    same(data, bytes.from_base64(bytes.to_base64(data)), size .. ' bytes')
  end
  for _, text in ipairs({ '%%%', 'a', 'abcde', 'ab=c', '====' }) do same(nil, bytes.from_base64(text), text) end
end

tests['the answer rules all languages share'] = function()
  for _, case in ipairs(rules.cases) do
    if case.code then
      assert(refused(case.name, answer.from, case.value).answer)
    else
      local status, headers, body = answer.from(case.value)
      same(case.status, status, case.name)
      same(case.headers, headers, case.name)
      if case.bodyJson then same(case.bodyJson, json.parse(body), case.name)
      else same(case.bodyHex and from_hex(case.bodyHex) or case.body, body, case.name) end
    end
  end
end

tests['what JSON can not say is an invalid answer'] = function()
  local endless = {}
  endless.itself = endless
  for index, value in ipairs({ { f = print }, endless, { n = 0 / 0 }, { n = 1 / 0 }, { s = '\255' }, { [true] = 1 } }) do
    assert(refused('value ' .. index, answer.from, value).answer)
  end
end

tests['functions, coroutines and files stream'] = function()
  local routine = coroutine.create(function() coroutine.yield('a') return 'b' end)
  for _, value in ipairs({ function() end, routine, io.open(arg[0]), { body = function() end } }) do
    local _, _, body = answer.from(value)
    same('function', type(body), 'body')
  end
  local _, _, pieces = answer.from(coroutine.create(function() coroutine.yield('a') return 'b' end))
  same({ 'a', 'b' }, { pieces(), pieces(), pieces() }, 'pieces')
end

tests['JSON is written as JavaScript writes it'] = function()
  local cases = {
    { 'a/ü"\\\n\0\127', '"a/ü\\"\\\\\\n\\u0000\127"' }, { 1, '1' }, { 1.5, '1.5' }, { -0.25, '-0.25' },
    { 1764000000000, '1764000000000' }, { 9007199254740991, '9007199254740991' }, { 1e21, '1e+21' },
    { 100 / 3, '33.333333333333336' }, { { 1, { 2 } }, '[1,[2]]' }, { {}, '{}' }, { json.array(), '[]' },
    { json.array({ 1 }), '[1]' }, { { 1, nil, 3 }, '{"1":1,"3":3}', '{"3":3,"1":1}' }, { { [5] = 'x' }, '{"5":"x"}' },
    { json.null, 'null' }, { true, 'true' }, { { 1, json.null }, '[1,null]' }, { { a = {} }, '{"a":{}}' },
    { { u = 'https://x/ü' }, '{"u":"https://x/ü"}' }, { { id = 9007199254740991 }, '{"id":9007199254740991}' }
  }
  for _, case in ipairs(cases) do
    local text = json.write(case[1])
    if text ~= case[3] then same(case[2], text, 'JSON') end
  end
  same('{"1":1,"2":2}', json.write(json.object({ 1, 2 })):gsub('^{"2":2,"1":1}$', '{"1":1,"2":2}'), 'a marked map')
end

tests['JSON is read strictly, and says where it is wrong'] = function()
  same('ü😀/\n', json.parse('"\\u00fc\\uD83D\\uDE00\\/\\n"'), 'escapes')
  same({ a = { 1, -2.5, 1e3 }, b = true }, json.parse(' { "a" : [ 1 , -2.5, 1E3 ] , "b" : true } '), 'white space')
  same('[]', json.write(json.parse('[]')), 'an empty list stays one')
  same('{}', json.write(json.parse('{}')), 'an empty map stays one')
  same(json.null, json.parse('null'), 'null')
  if math.type then same('integer', math.type(json.parse('[7]')[1]), 'integers') end
  local wrong = {
    '', ' ', '{', '[', '[1,]', '{"a":}', '{"a" 1}', '{a:1}', '"', '"\\x"', '"\\ud800"', '"\\u12g4"', '01', '-', '1.', '.5',
    '1e', 'nul', 'truee', '[1] 2', "'a'", '+1', 'NaN', '{"a":1,}', '[' .. ('['):rep(600)
  }
  for _, text in ipairs(wrong) do
    local value, fault = json.parse(text)
    if value ~= nil or not fault then error('read: ' .. text:sub(1, 40)) end
  end
  local _, fault = json.parse('[1,\n2,\nx]')
  assert(fault:find('line 3'), fault)
  assert(json.parse(('['):rep(500) .. (']'):rep(500)), 'depth')
end

tests['JSON of random values goes there and back'] = function()
  local function random_value(depth)
    local kind = math.random(1, depth > 3 and 4 or 6)
    if kind == 1 then return math.random(-1000000, 1000000) end
    if kind == 2 then return math.random() * 10 ^ math.random(-10, 10) end
    if kind == 3 then return math.random(1, 2) == 1 end
    if kind == 4 then return (random_bytes(math.random(0, 20)):gsub('[\128-\255]', 'ü')) end
    local value = kind == 5 and json.array() or {}
    for index = 1, math.random(0, 5) do
      value[kind == 5 and index or 'k' .. math.random(1, 1000)] = random_value(depth + 1)
    end
    return value
  end
  for _ = 1, 2000 do
    local value = random_value(0)
    same(value, json.decode(json.encode(value)), 'value')
  end
end

tests['it says ready and ends with its input'] = function()
  local hello = frames.encode(json.encode({ k = 'hello', v = 1, root = here, state = here }), '')
  local status, text = run_worker(hello)
  same(0, status, 'status')
  local header = decode({ text })[1][1]
  same({ 'ready', 1, 'lua' }, { header.k, header.v, header.language }, 'ready')
end

tests['it ends with status 70 at bytes that are no frame'] = function()
  for _, data in ipairs({ 'GET / HTTP/1.1\r\n\r\n', ('\255'):rep(8), frames.encode('[1]', '') }) do
    same(70, (run_worker(data)), 'status')
  end
end

tests['random bytes never hang it'] = function()
  for _ = 1, 5 do
    local status = run_worker(random_bytes(2000))
    assert(status == 0 or status == 70, 'status ' .. tostring(status))
  end
end

math.randomseed(os.time())
local names, has_failed = {}, false
for name in pairs(tests) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local ok, fault = xpcall(tests[name], function(fault)
    return debug.traceback(type(fault) == 'table' and (json.write(fault) or 'a table') or tostring(fault))
  end)
  print(ok and 'ok ' .. name or 'not ok ' .. name .. '\n' .. fault)
  has_failed = has_failed or not ok
end
os.exit(has_failed and 1 or 0)
