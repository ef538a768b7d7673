-- What Lua's string library lacks: UTF-8 told from bytes, and base64.

local byte, char, concat, find, floor, gsub, sub =
  string.byte, string.char, table.concat, string.find, math.floor, string.gsub, string.sub

local unpack = table.unpack or unpack

local bytes = {}

-- The length of the UTF-8 sequence at `at`, or nil.
local function measure(text, at)
  local first, second, third, fourth = byte(text, at, at + 3)
  if first < 0x80 then return 1 end
  if first < 0xC2 or first > 0xF4 or not second then return nil end
  local low, high = 0x80, 0xBF
  if first == 0xE0 then low = 0xA0 elseif first == 0xED then high = 0x9F
  elseif first == 0xF0 then low = 0x90 elseif first == 0xF4 then high = 0x8F end
  if second < low or second > high then return nil end
  if first < 0xE0 then return 2 end
  if not third or third < 0x80 or third > 0xBF then return nil end
  if first < 0xF0 then return 3 end
  return fourth and fourth >= 0x80 and fourth <= 0xBF and 4 or nil
end

-- Where the first byte beyond ASCII is, or nil.
local function find_beyond_ascii(text)
  return find(text, '[\128-\255]')
end

local has_ffi, ffi = pcall(require, 'ffi')
if has_ffi then
  -- a compiled loop instead of a pattern, which costs 15 ns a character
  function find_beyond_ascii(text)
    local letters = ffi.cast('const uint8_t *', text)
    for index = 0, #text - 1 do
      if letters[index] >= 128 then return index + 1 end
    end
  end
end

function bytes.is_utf8(text)
  local at = find_beyond_ascii(text)
  local size = #text
  while at and at <= size do
    local length = measure(text, at)
    if not length then return false end
    at = at + length
  end
  return true
end

if utf8 then
  function bytes.is_utf8(text)
    return utf8.len(text) ~= nil
  end
end

local ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
-- two letters for each twelve bits
local PAIRS, VALUES = {}, {}
for high = 0, 63 do
  VALUES[byte(ALPHABET, high + 1)] = high
  for low = 0, 63 do
    PAIRS[high * 64 + low] = sub(ALPHABET, high + 1, high + 1) .. sub(ALPHABET, low + 1, low + 1)
  end
end

function bytes.to_base64(data)
  local out, count = {}, 0
  local whole = #data - #data % 3
  for at = 1, whole, 3 do
    local a, b, c = byte(data, at, at + 2)
    local bits = a * 65536 + b * 256 + c
    out[count + 1], out[count + 2] = PAIRS[floor(bits / 4096)], PAIRS[bits % 4096]
    count = count + 2
  end
  local a, b = byte(data, whole + 1, whole + 2)
  if b then
    local bits = a * 65536 + b * 256
    out[count + 1] = PAIRS[floor(bits / 4096)] .. sub(PAIRS[bits % 4096], 1, 1) .. '='
  elseif a then
    out[count + 1] = PAIRS[a * 16] .. '=='
  end
  return concat(out)
end

-- nil: not base64.
function bytes.from_base64(text)
  if find(text, '%s') then text = gsub(text, '%s', '') end
  local core = sub(text, 1, #text - #sub(text, -2):match('=*$'))
  if #core % 4 == 1 or find(core, '[^%w+/]') or (#core ~= #text and #text % 4 ~= 0) then return nil end
  -- strings are made of many numbers at once: one for each three bytes is what takes time
  local out, codes, count = {}, {}, 0
  for at = 1, #core, 4 do
    local a, b, c, d = byte(core, at, at + 3)
    local first, second, third, fourth = VALUES[a], VALUES[b], c and VALUES[c], d and VALUES[d]
    codes[count + 1] = first * 4 + floor(second / 16)
    count = count + 1
    if third then
      codes[count + 1] = second % 16 * 16 + floor(third / 4)
      count = count + 1
    end
    if fourth then
      codes[count + 1] = third % 4 * 64 + fourth
      count = count + 1
    end
    if count >= 3000 then
      out[#out + 1] = char(unpack(codes, 1, count))
      count = 0
    end
  end
  out[#out + 1] = char(unpack(codes, 1, count))
  return concat(out)
end

return bytes
