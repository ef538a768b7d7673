-- The worker's loop: one call at a time, in the order they came.

local use = ...
local json, bytes, frames, answer = use('json'), use('bytes'), use('frames'), use('answer')
local environment, failure, create_output = use('environment'), use('failure'), use('output')

local create_channel = use(pcall(require, 'ffi') and 'channel_ffi' or 'channel_stdio')
local channel = create_channel()
local output = create_output(channel)
local exit = os.exit

-- Calls quicker than this may hold back the answers before them.
local QUICK_SECONDS = 0.002
local FLUSH_SECONDS = 0.0005
local VERSION = rawget(_G, 'jit') and jit.version or _VERSION

-- by number
local functions = {}
-- calls whose body has not come whole, by id
local partial = {}
-- frames that came while a stream waited
local backlog, backlog_start = {}, 1
local flushed_at = 0

-- Functions.

local function find_handler(fn, env, value)
  local names = fn.wanted and { fn.wanted } or { 'handler', 'main' }
  if type(value) == 'function' and not fn.wanted then return value end
  for _, name in ipairs(names) do
    local found = type(value) == 'table' and value[name] or rawget(env, name)
    if type(found) == 'function' then return found end
  end
  -- a returned function is the handler, whatever its name was
  if type(value) == 'function' then return value end
  error({ missing = 'the file has no function ' .. table.concat(names, ' or ') .. ', and returns none' }, 0)
end

local function load_function(fn)
  local env = environment.create(fn, failure.root, output)
  fn.handler = find_handler(fn, env, fn.run())
end

local function forget(files)
  local is_changed = {}
  for _, file in ipairs(files) do is_changed[file] = true end
  for _, fn in pairs(functions) do
    for file in pairs(fn.probed or {}) do
      if is_changed[file] then fn.handler = nil end
    end
  end
end

-- Answers.

-- most answers have no header but their content type: its text is made once
local heads, head_count = {}, 0

local function to_header(kind, id, status, headers, took_ms)
  local type_only = headers['content-type'] and next(headers, next(headers)) == nil and headers['content-type']
  local rest = type(type_only) == 'string' and heads[status .. type_only]
  if not rest then
    rest = ',"s":' .. ('%d'):format(status) .. ',"h":' .. json.encode(headers)
    if type(type_only) == 'string' and head_count < 1000 then
      heads[status .. type_only] = rest
      head_count = head_count + 1
    end
  end
  local took = took_ms and took_ms >= 1 and (',"t":%d'):format(took_ms) or ''
  return '{"k":"' .. kind .. '","i":' .. id .. rest .. took .. '}'
end

local function read_frame()
  local frame = backlog[backlog_start]
  if frame then
    backlog[backlog_start] = nil
    backlog_start = backlog_start + 1
    return frame[1], frame[2]
  end
  backlog, backlog_start = {}, 1
  return channel.read()
end

-- Reads one frame while a stream goes on; what is not of the stream waits its turn.
local function wait_for_client(call)
  local header, body = channel.read()
  if not header then exit(0) end
  local is_own = header.i == call.number
  if is_own and header.k == 'ack' then
    call.ahead = call.ahead - header.n
  elseif is_own and header.k == 'cancel' then
    call.is_cancelled = true
  else
    backlog[#backlog + 1] = { header, body }
  end
end

local function add_piece(call, piece, begin)
  if type(piece) == 'number' then piece = tostring(piece) end
  if type(piece) ~= 'string' then answer.refuse('a streamed answer is made of text, received a ' .. type(piece)) end
  if not call.has_begun then begin(bytes.is_utf8(piece) and answer.TEXT or answer.BYTES) end
  for start = 1, #piece, frames.PIECE_BYTES do
    local part = piece:sub(start, start + frames.PIECE_BYTES - 1)
    call.ahead = call.ahead + #part
    channel.add('{"k":"data","i":' .. call.id .. '}', part)
  end
  channel.flush()
end

local function stream(call, status, headers, next_piece)
  local function begin(content_type)
    call.has_begun = true
    headers['content-type'] = headers['content-type'] or content_type
    channel.add(to_header('head', call.id, status, headers))
  end
  call.ahead = 0
  while not call.is_cancelled do
    local piece = next_piece()
    if piece == nil then break end
    add_piece(call, piece, begin)
    while not call.is_cancelled and (call.ahead >= frames.WINDOW_BYTES or channel.has_input()) do wait_for_client(call) end
  end
  if not call.has_begun then begin(nil) end
  output.end_call()
  channel.add('{"k":"end","i":' .. call.id .. '}')
end

-- Calls.

local function copy(map)
  local copied = {}
  for key, value in pairs(map) do copied[key] = value end
  return copied
end

-- Adds what the worker adds: params, env, body.
local function complete_event(call)
  local event = call.event
  event.params = event.params or call.params
  event.path_params = event.path_params or call.params
  event.env = copy(call.fn.env)
  if call.body == '' then return end
  if bytes.is_utf8(call.body) then
    event.body = call.body
  else
    event.body, event.is_base64 = bytes.to_base64(call.body), true
  end
end

local function run_call(call)
  local fn = call.fn
  if not fn.handler then
    call.is_loading = true
    load_function(fn)
    call.is_loading = false
  end
  complete_event(call)
  local status, headers, body = answer.from(fn.handler(call.event, call.params))
  if type(body) == 'function' then return stream(call, status, headers, body) end
  output.end_call()
  local took_ms = math.floor((channel.now() - call.began) * 1000)
  channel.add(to_header('answer', call.id, status, headers, took_ms), body)
end

local function begin(call)
  local fn = call.fn
  local began = channel.now()
  call.began = began
  if not fn.is_quick or began - flushed_at > FLUSH_SECONDS then
    channel.flush()
    flushed_at = began
  end
  output.request_id = type(call.event.id) == 'string' and call.event.id or nil
  local ok, fault = xpcall(run_call, failure.capture, call)
  if not ok then
    output.end_call()
    channel.add(failure.to_frame(call.id, fault, fn, call.is_loading))
  end
  output.request_id = nil
  fn.is_quick = channel.now() - began < QUICK_SECONDS
end

-- Frames.

local on = {}

function on.hello(header)
  failure.root = header.root
  channel.add('{"k":"ready","v":' .. frames.VERSION .. ',"language":"lua","version":' .. json.string(VERSION)
    .. (channel.tells_times and ',"times":true}' or '}'))
end

function on.load(header)
  functions[header.f] = { file = header.file, name = header.name, wanted = header.handler, env = header.env or {} }
end

function on.call(header, body)
  local fn = functions[header.f]
  if not fn then frames.refuse('a call of a function that was not loaded') end
  -- in Lua 5.3 and later a number may be written 1.0; as text it is right in every header
  local id = ('%d'):format(header.i)
  local call = { id = id, number = header.i, fn = fn, event = header.e or {}, params = header.p or {}, body = body }
  if header.more == true then
    call.parts = { body }
    partial[header.i] = call
  else
    begin(call)
  end
end

function on.data(header, body)
  -- after a cancel they may still be on their way
  local call = partial[header.i]
  if call then call.parts[#call.parts + 1] = body end
end

on['end'] = function(header)
  local call = partial[header.i]
  if not call then return end
  partial[header.i] = nil
  call.body = table.concat(call.parts)
  begin(call)
end

function on.cancel(header)
  local call = partial[header.i]
  if not call then return end
  partial[header.i] = nil
  channel.add(failure.to_frame(call.id, { answer = 'the client went away' }, call.fn))
end

function on.check(header)
  local fn = functions[header.f]
  local fault = fn and environment.check(fn)
  if fault then
    channel.add(failure.to_syntax(('%d'):format(header.i), fault, fn.name))
  else
    channel.add('{"k":"done","i":' .. ('%d'):format(header.i) .. '}')
  end
end

function on.reload(header)
  forget(header.files)
  channel.add('{"k":"done","i":' .. ('%d'):format(header.i) .. '}')
end

local function serve()
  while true do
    local header, body = read_frame()
    if not header then return end
    local handle = on[header.k]
    if handle then handle(header, body) end
  end
end

local ok, fault = xpcall(serve, failure.capture)
if ok then exit(0) end
io.stderr:write(type(fault) == 'table' and (fault.protocol or fault.message) or tostring(fault), '\n')
exit(70)
