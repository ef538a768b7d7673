-- JSON in Lua alone, for Lua 5.3 and later and for LuaJIT. A table is a list when its keys are exactly 1 to n, and a map
-- otherwise; an empty one is a map unless it is marked: json.array(). What was decoded from [] is marked.

local byte, char, concat, find, format, gsub, match, sub =
  string.byte, string.char, table.concat, string.find, string.format, string.gsub, string.match, string.sub
local floor, huge, tointeger = math.floor, math.huge, math.tointeger

local json = {}

local MAX_DEPTH = 512

-- JSON's null, which a table can not hold as nil; tostring gives "null". It is cjson's own where cjson is there, so
-- that handlers can compare with either.
local has_cjson, cjson = pcall(require, 'cjson')
json.null = has_cjson and cjson.null or setmetatable({}, { __tostring = function() return 'null' end })

local ARRAY = { __jsontype = 'array' }
local OBJECT = { __jsontype = 'object' }

-- Marks a table, so that it is a list even when it is empty.
function json.array(list)
  return setmetatable(list or {}, ARRAY)
end

-- cjson's encoder does not know of marked maps.
local has_objects = false

-- Marks a table, so that it is a map even when its keys are 1 to n.
function json.object(map)
  has_objects = true
  return setmetatable(map or {}, OBJECT)
end

local function encode_utf8(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 0x40), 0x80 + code % 0x40) end
  if code < 0x10000 then
    return char(0xE0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(0xF0 + floor(code / 0x40000), 0x80 + floor(code / 0x1000) % 0x40, 0x80 + floor(code / 0x40) % 0x40,
    0x80 + code % 0x40)
end

-- Decoding. Faults are thrown as tables, so that no position of this file is put in front.

local function fail(text, at, what)
  local _, lines = gsub(sub(text, 1, at - 1), '\n', '')
  error({ json = format('%s at character %d (line %d)', what, at, lines + 1) }, 0)
end

local ESCAPES = { ['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }

local function decode_escape(text, at)
  local letter = sub(text, at + 1, at + 1)
  local plain = ESCAPES[letter]
  if plain then return plain, at + 2 end
  local digits = letter == 'u' and match(text, '^%x%x%x%x', at + 2)
  if not digits then fail(text, at, 'an escape JSON does not have') end
  local code = tonumber(digits, 16)
  if code < 0xD800 or code > 0xDFFF then return encode_utf8(code), at + 6 end
  local low = code < 0xDC00 and match(text, '^\\u([dD][c-fC-F]%x%x)', at + 6)
  if not low then fail(text, at, 'half of a surrogate pair') end
  return encode_utf8(0x10000 + (code - 0xD800) * 0x400 + (tonumber(low, 16) - 0xDC00)), at + 12
end

local function decode_string_slowly(text, at)
  local parts, count, start = {}, 0, at
  while true do
    local stop = find(text, '["\\]', start)
    if not stop then fail(text, at - 1, 'a string that does not end') end
    count = count + 1
    parts[count] = sub(text, start, stop - 1)
    if byte(text, stop) == 34 then return concat(parts), stop + 1 end
    count = count + 1
    parts[count], start = decode_escape(text, stop)
  end
end

-- `at` is behind the opening quote. Returns the string and where it ends.
local function decode_string(text, at)
  local stop = find(text, '"', at, true)
  if not stop then fail(text, at - 1, 'a string that does not end') end
  local piece = sub(text, at, stop - 1)
  local after = stop + 1
  if find(piece, '\\', 1, true) then piece, after = decode_string_slowly(text, at) end
  return piece, after
end

local function skip_space(text, at)
  local letter = byte(text, at)
  while letter == 32 or letter == 10 or letter == 13 or letter == 9 do
    at = at + 1
    letter = byte(text, at)
  end
  return at, letter
end

local decode_value

local function decode_list(text, at, depth)
  local list, count, letter = {}, 0, nil
  at, letter = skip_space(text, at)
  if letter == 93 then return setmetatable(list, ARRAY), at + 1 end
  while true do
    count = count + 1
    list[count], at = decode_value(text, at, depth)
    at, letter = skip_space(text, at)
    if letter == 93 then return list, at + 1 end
    if letter ~= 44 then fail(text, at, 'no , or ] in a list') end
    at = at + 1
  end
end

local function decode_map(text, at, depth)
  local map, letter, key = {}, nil, nil
  at, letter = skip_space(text, at)
  if letter == 125 then return map, at + 1 end
  while true do
    if letter ~= 34 then fail(text, at, 'a key that is no string') end
    key, at = decode_string(text, at + 1)
    at, letter = skip_space(text, at)
    if letter ~= 58 then fail(text, at, 'no : after a key') end
    map[key], at = decode_value(text, at + 1, depth)
    at, letter = skip_space(text, at)
    if letter == 125 then return map, at + 1 end
    if letter ~= 44 then fail(text, at, 'no , or } in a map') end
    at, letter = skip_space(text, at + 1)
  end
end

local function decode_number(text, at)
  local digits = match(text, '^-?%d+', at)
  if not digits or find(digits, '^-?0%d') then fail(text, at, 'no value') end
  local after = at + #digits
  local rest = match(text, '^%.%d+', after) or ''
  rest = rest .. (match(text, '^[eE][+-]?%d+', after + #rest) or '')
  return tonumber(digits .. rest), after + #rest
end

local WORDS = { [116] = { 'true', true }, [102] = { 'false', false }, [110] = { 'null', json.null } }

function decode_value(text, at, depth)
  local letter
  at, letter = skip_space(text, at)
  if letter == 34 then return decode_string(text, at + 1) end
  if letter == 123 or letter == 91 then
    if depth >= MAX_DEPTH then fail(text, at, 'more than ' .. MAX_DEPTH .. ' levels') end
    if letter == 123 then return decode_map(text, at + 1, depth + 1) end
    return decode_list(text, at + 1, depth + 1)
  end
  local word = WORDS[letter]
  if not word then return decode_number(text, at) end
  if sub(text, at, at + #word[1] - 1) ~= word[1] then fail(text, at, 'no value') end
  return word[2], at + #word[1]
end

local function decode(text)
  local value, at = decode_value(text, 1, 0)
  at = skip_space(text, at)
  if at <= #text then fail(text, at, 'something after the end') end
  return value
end

-- The value that a JSON text says, or nil and what is wrong with it.
function json.parse(text)
  local ok, value = pcall(decode, text)
  if ok then return value end
  return nil, type(value) == 'table' and value.json or tostring(value)
end

-- The same, raising what is wrong.
function json.decode(text)
  if type(text) ~= 'string' then error('json.decode wants a string, received ' .. type(text), 2) end
  local value, fault = json.parse(text)
  if fault then error('not JSON: ' .. fault, 2) end
  return value
end

-- Encoding.

local function refuse(what)
  error({ json = what }, 0)
end

local QUOTED = { ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t' }
for code = 0, 31 do
  QUOTED[char(code)] = QUOTED[char(code)] or format('\\u%04x', code)
end

local function escape(text)
  return '"' .. gsub(text, '[%c"\\]', QUOTED) .. '"'
end

-- LuaJIT compiles searches for plain text and no patterns. There control characters are looked for once, in the whole
-- result, which otherwise has none.
local looks_late = rawget(_G, 'jit') ~= nil

local function encode_string(text)
  if looks_late then
    if find(text, '"', 1, true) or find(text, '\\', 1, true) then return escape(text) end
  elseif find(text, '[%c"\\]') then
    return escape(text)
  end
  return '"' .. text .. '"'
end

local function encode_number(number)
  if number ~= number or number == huge or number == -huge then refuse('the number ' .. tostring(number)) end
  if floor(number) == number and number > -1e15 and number < 1e15 then return format('%d', number) end
  if tointeger and math.type(number) == 'integer' then return format('%d', number) end
  for digits = 15, 17 do
    local text = format('%.' .. digits .. 'g', number)
    if tonumber(text) == number then return text end
  end
end

-- The length of a list; nil for a map.
local function to_length(value)
  local meta = getmetatable(value)
  local kind = type(meta) == 'table' and (meta.__jsontype or (has_cjson and meta == cjson.array_mt and 'array'))
  if kind == 'array' then return #value end
  local length = #value
  if length == 0 or kind == 'object' then return nil end
  local count = 0
  for key in next, value do
    if type(key) ~= 'number' or key < 1 or key > length or floor(key) ~= key then return nil end
    count = count + 1
  end
  return count == length and length or nil
end

local encode_into

local function encode_list(out, at, list, length, depth)
  out[at + 1] = '['
  at = at + 1
  for index = 1, length do
    local value = list[index]
    if index > 1 then
      at = at + 1
      out[at] = ','
    end
    if type(value) == 'string' then
      at = at + 1
      out[at] = encode_string(value)
    else
      at = encode_into(out, at, value, depth)
    end
  end
  out[at + 1] = ']'
  return at + 1
end

local function encode_map(out, at, map, depth)
  at = at + 1
  out[at] = '{'
  local is_first = true
  for key, value in next, map do
    local kind = type(key)
    if kind == 'number' then key = encode_number(key) elseif kind ~= 'string' then refuse('a key of type ' .. kind) end
    out[at + 1] = is_first and encode_string(key) or ',' .. encode_string(key)
    out[at + 2] = ':'
    is_first = false
    at = encode_into(out, at + 2, value, depth)
  end
  out[at + 1] = '}'
  return at + 1
end

function encode_into(out, at, value, depth)
  local kind = type(value)
  if kind == 'string' then
    out[at + 1] = encode_string(value)
  elseif kind == 'number' then
    out[at + 1] = encode_number(value)
  elseif kind == 'boolean' then
    out[at + 1] = value and 'true' or 'false'
  elseif value == nil or value == json.null then
    out[at + 1] = 'null'
  elseif has_cjson and value == cjson.empty_array and cjson.empty_array ~= nil then
    out[at + 1] = '[]'
  elseif kind == 'table' then
    if depth >= MAX_DEPTH then refuse('more than ' .. MAX_DEPTH .. ' levels: a table in itself?') end
    local length = to_length(value)
    if length then return encode_list(out, at, value, length, depth + 1) end
    return encode_map(out, at, value, depth + 1)
  else
    refuse('a value of type ' .. kind)
  end
  return at + 1
end

-- cjson writes no more digits of a number.
local MOST_DIGITS = 14

local function is_digit(letter)
  return letter and letter >= 48 and letter <= 57
end

-- Whether a number with a fraction has so many digits that cjson may have cut it. A pattern over the whole text would cost
-- more than all the rest.
local function has_long_fraction(text)
  local dot = find(text, '.', 1, true)
  while dot do
    local first, last = dot, dot
    while is_digit(byte(text, first - 1)) do first = first - 1 end
    while is_digit(byte(text, last + 1)) do last = last + 1 end
    if last - first >= MOST_DIGITS - 1 then return true end
    dot = find(text, '.', last + 1, true)
  end
  return false
end

-- cjson is several times faster. Its text is taken where it can only be the same as ours: no null (a list with holes),
-- no {} (an empty table, which may be marked), no number that may have been cut.
local function write_by_cjson(value)
  local ok, text = pcall(cjson.encode, value)
  if not ok or find(text, 'null', 1, true) or find(text, '{}', 1, true) then return nil end
  -- searches for plain text cost next to nothing, patterns 15 ns a character
  if find(text, 'e+', 1, true) or find(text, 'e-', 1, true) then return nil end
  if has_long_fraction(text) then return nil end
  if find(text, '/', 1, true) then text = gsub(text, '\\/', '/') end
  return text
end

-- The JSON text of a value, or nil and what JSON can not say.
function json.write(value)
  local quick = has_cjson and not has_objects and type(value) == 'table' and write_by_cjson(value)
  if quick then return quick end
  local out = {}
  local ok, fault = pcall(encode_into, out, 0, value, 0)
  if ok then
    local text = concat(out)
    if not looks_late or not find(text, '[%z\1-\31]') then return text end
    looks_late = false
    ok, fault = pcall(encode_into, out, 0, value, 0)
    looks_late = true
    if ok then return concat(out) end
  end
  return nil, type(fault) == 'table' and fault.json or tostring(fault)
end

-- The same, raising what JSON can not say.
function json.encode(value)
  local text, fault = json.write(value)
  if not text then error('JSON can not say it: ' .. fault, 2) end
  return text
end

-- One string as JSON.
json.string = escape

return json
