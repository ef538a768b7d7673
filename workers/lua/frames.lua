-- Frames: two big-endian u32 lengths, a JSON header, raw body bytes (docs/worker-protocol.md).

local use = ...
local json, bytes = use('json'), use('bytes')
local byte, char, floor, sub = string.byte, string.char, math.floor, string.sub

local frames = {
  VERSION = 1,
  MAX_HEADER_BYTES = 1024 * 1024,
  MAX_BODY_BYTES = 1024 * 1024 * 1024,
  WINDOW_BYTES = 256 * 1024,
  PIECE_BYTES = 64 * 1024
}

-- The bytes are no frames: nobody can be talked to on this channel any more.
local function refuse(what)
  error({ protocol = what }, 0)
end
frames.refuse = refuse

local function to_u32(number)
  return char(floor(number / 16777216), floor(number / 65536) % 256, floor(number / 256) % 256, number % 256)
end

-- One frame. `header` is JSON text.
function frames.encode(header, body)
  return to_u32(#header) .. to_u32(#body) .. header .. body
end

-- The lengths of the header and the body at `at`.
function frames.read_lengths(data, at)
  local a, b, c, d, e, f, g, h = byte(data, at, at + 7)
  local header, body = ((a * 256 + b) * 256 + c) * 256 + d, ((e * 256 + f) * 256 + g) * 256 + h
  if header == 0 or header > frames.MAX_HEADER_BYTES then refuse('a frame header of ' .. header .. ' bytes') end
  if body > frames.MAX_BODY_BYTES then refuse('a frame body of ' .. body .. ' bytes') end
  return header, body
end

-- Whole numbers as integers again: in Lua 5.3 and later cjson makes floats of all, and 5.0 is written "5.0".
local function to_integers(value)
  for key, one in next, value do
    local kind = type(one)
    if kind == 'number' then value[key] = math.tointeger(one) or one
    elseif kind == 'table' then to_integers(one) end
  end
  return value
end

local parse = json.parse
local has_cjson, cjson = pcall(require, 'cjson')
if has_cjson then
  parse = function(text)
    local ok, value = pcall(cjson.decode, text)
    if not ok or type(value) ~= 'table' then return nil end
    return math.tointeger and to_integers(value) or value
  end
end

function frames.parse_header(text)
  local header = text:find('^%s*{') and bytes.is_utf8(text) and parse(text)
  if type(header) ~= 'table' then refuse('a frame header that is not a JSON object: ' .. sub(text, 1, 200)) end
  return header
end

-- Cuts a byte stream into frames: push what came, then ask for `next` until it gives nil.
function frames.create_reader()
  local data, start, needed = '', 1, 8
  local reader = {}

  function reader.push(chunk)
    data = start > #data and chunk or sub(data, start) .. chunk
    start = 1
  end

  function reader.has_more()
    return start <= #data
  end

  function reader.next()
    local size = #data - start + 1
    if size < needed then return nil end
    local header, body = frames.read_lengths(data, start)
    local total = 8 + header + body
    if size < total then
      needed = total
      return nil
    end
    local from = start + 8
    start, needed = start + total, 8
    return frames.parse_header(sub(data, from, from + header - 1)), body == 0 and '' or sub(data, from + header, start - 1)
  end

  return reader
end

return frames
