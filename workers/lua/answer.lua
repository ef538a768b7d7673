-- What a handler returned becomes status, headers and body: docs/worker-protocol.md, "Answer rules".

local use = ...
local json, bytes = use('json'), use('bytes')
local find, floor, lower = string.find, math.floor, string.lower

local TEXT = 'text/plain; charset=utf-8'
local HTML = 'text/html; charset=utf-8'
local JSON = 'application/json; charset=utf-8'
local BYTES = 'application/octet-stream'

local ENVELOPE_KEYS = {
  status = true, statusCode = true, headers = true, body = true,
  is_base64 = true, isBase64Encoded = true, body_base64 = true
}
local DROPPED_HEADERS = { connection = true, ['transfer-encoding'] = true, ['keep-alive'] = true }

local answer = { TEXT = TEXT, BYTES = BYTES }

-- The handler returned something that can not be sent.
local function refuse(what)
  error({ answer = what }, 0)
end
answer.refuse = refuse

local function is_nothing(value)
  return value == nil or value == json.null
end

local function pick(first, second)
  if is_nothing(first) then return second end
  return first
end

local function show(value)
  local kind = type(value)
  if kind == 'string' then return json.string(value:sub(1, 100)) end
  return (kind == 'number' or kind == 'boolean' or is_nothing(value)) and tostring(value) or 'a ' .. kind
end

local function is_integer(value)
  return type(value) == 'number' and floor(value) == value
end

local function is_envelope(value)
  if is_integer(pick(value.status, value.statusCode)) then return true end
  for key in next, value do
    if not ENVELOPE_KEYS[key] then return false end
  end
  return value.body ~= nil or value.body_base64 ~= nil or (type(value.headers) == 'table' and next(value) ~= nil)
end

local function to_header_value(name, value)
  local kind = type(value)
  if kind == 'number' then return json.write(value) end
  if kind == 'boolean' then return tostring(value) end
  if kind ~= 'string' then refuse('the header ' .. name .. ' must be text or a list of texts, received ' .. show(value)) end
  if find(value, '[%z\r\n]') then refuse('the header ' .. name .. ' holds a line break or NUL: ' .. show(value)) end
  if bytes.is_utf8(value) then return value end
  -- header bytes travel in JSON; what is no UTF-8 is read as the Latin-1 that HTTP had
  return (value:gsub('[\128-\255]', function(letter)
    local code = letter:byte()
    return string.char(0xC0 + floor(code / 64), 0x80 + code % 64)
  end))
end

local function to_header_values(name, value)
  if type(value) ~= 'table' or (value[1] == nil and next(value) ~= nil) then return to_header_value(name, value) end
  local values = json.array()
  for index, one in ipairs(value) do values[index] = to_header_value(name, one) end
  return values
end

local function to_headers(headers, is_stream)
  if type(headers) ~= 'table' then refuse('headers must be a table, received ' .. show(headers)) end
  local kept = {}
  for key, value in next, headers do
    if type(key) ~= 'string' or key == '' or find(key, '[%z\r\n]') then
      refuse(show(key) .. ' is not the name of a header')
    end
    local name = lower(key)
    local is_dropped = DROPPED_HEADERS[name] or (name == 'content-length' and not is_stream)
    if not is_nothing(value) and not is_dropped then kept[name] = to_header_values(name, value) end
  end
  return kept
end

local function to_text_type(text)
  if not bytes.is_utf8(text) then return BYTES end
  if not find(text, '^%s*<') then return TEXT end
  local start = lower(text:match('^%s*(.?.?.?.?.?.?.?.?.?.?.?.?.?.?.?.?)'))
  return (find(start, '^<html') or find(start, '^<!doctype%s+html')) and HTML or TEXT
end

local function write_json(value)
  local text, fault = json.write(value)
  if not text then refuse('JSON can not say it: ' .. fault) end
  if not bytes.is_utf8(text) then refuse('JSON can not say it: a string that is no UTF-8') end
  return text
end

-- An open file is sent in blocks.
local function read_pieces(file)
  return function()
    local piece = file:read(65536)
    if not piece then file:close() end
    return piece
  end
end

-- What gives the pieces of a coroutine: what it yields, and at its end what it returns.
local function resume_pieces(routine)
  return function()
    if coroutine.status(routine) == 'dead' then return nil end
    local ok, piece = coroutine.resume(routine)
    if not ok then error({ message = piece, trace = debug.traceback(routine) }, 0) end
    return piece
  end
end

-- The bytes, or a function that gives them piece by piece; and the content type.
local function to_body(value)
  local kind = type(value)
  if kind == 'string' then return value, to_text_type(value) end
  if is_nothing(value) then return '', nil end
  if kind == 'number' then return write_json(value), TEXT end
  if kind == 'function' then return value, nil end
  if kind == 'thread' then return resume_pieces(value), nil end
  if io.type(value) == 'file' then return read_pieces(value), nil end
  return write_json(value), JSON
end

local function to_parts(status, headers, body, content_type)
  if not is_integer(status) or status < 200 or status > 599 then
    refuse('status must be a whole number from 200 to 599, received ' .. show(status))
  end
  local data, own_type = to_body(body)
  local kept = is_nothing(headers) and {} or to_headers(headers, type(data) == 'function')
  kept['content-type'] = kept['content-type'] or content_type or own_type
  return status, kept, data
end

local function decode_base64(text)
  local data = type(text) == 'string' and bytes.from_base64(text)
  if not data then refuse('the body is not base64: ' .. show(text)) end
  return data
end

-- Returns status, headers and body: a string, or a function that gives one piece after the other and then nil.
function answer.from(value)
  if type(value) ~= 'table' or not is_envelope(value) then return to_parts(200, nil, value) end
  local status = pick(pick(value.status, value.statusCode), 200)
  local encoded = pick(value.body_base64, nil)
  if encoded == nil then
    local says = value.is_base64 == true or value.isBase64Encoded == true
    if says then encoded = pick(value.body, '') end
  end
  if encoded == nil then return to_parts(status, value.headers, value.body) end
  return to_parts(status, value.headers, decode_base64(encoded), BYTES)
end

return answer
