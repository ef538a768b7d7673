-- What went wrong, as a `fail` frame: code, message, place in the user's code, traceback.

local use = ...
local json, bytes = use('json'), use('bytes')

local failure = { root = '' }

-- Our chunks are called "treeway", files of the project by their path below it, installed ones by their whole path.
local function find_place()
  local first
  for level = 3, 60 do
    local info = debug.getinfo(level, 'Sl')
    if not info then break end
    local file = info.source:match('^@(.*)')
    if file and info.currentline > 0 and file ~= arg[0] then
      local place = { file = file, line = info.currentline }
      if file:sub(1, 1) ~= '/' then return place end
      first = first or place
    end
  end
  return first or {}
end

local function trim_trace(trace)
  local kept = {}
  for line in trace:gmatch('[^\n]+') do
    if line:find(arg[0], 1, true) then break end
    local is_ours = line:find('^%s*treeway:') or line:find("^%s*%[C%]: in %a+ '?x?pcall") or line:find('^stack traceback')
    if not is_ours then kept[#kept + 1] = line end
  end
  return #kept > 0 and 'stack traceback:\n' .. table.concat(kept, '\n') or ''
end

local function to_message(fault)
  if type(fault) == 'string' then return fault end
  if type(fault) == 'table' then
    local meta = getmetatable(fault)
    if type(meta) == 'table' and meta.__tostring then return tostring(fault) end
    if type(fault.message) == 'string' then return fault.message end
    return json.write(fault) or 'a table was raised'
  end
  return fault == nil and 'nil was raised' or tostring(fault)
end

-- What a pcall of the user's gets to see of it.
local CAPTURED = { __tostring = function(fault) return fault.message or fault.syntax end }

-- The message handler of every xpcall: what was raised, with what only the stack knows.
function failure.capture(fault)
  if type(fault) == 'table' and (fault.answer or fault.missing or fault.captured or fault.protocol) then return fault end
  if type(fault) == 'table' and fault.syntax then
    return setmetatable({ captured = true, syntax = fault.syntax, place = find_place() }, CAPTURED)
  end
  local trace = type(fault) == 'table' and fault.trace or debug.traceback('', 2)
  local message = to_message(fault)
  return setmetatable({ captured = true, message = message, place = find_place(), trace = trim_trace(trace) }, CAPTURED)
end

local function to_absolute(file)
  return file and (file:sub(1, 1) == '/' and file or failure.root .. '/' .. file)
end

-- "functions/x.lua:3: boom" says its place twice where the place is known. Lua shortens long names in front.
local function split_message(message)
  local _, line, rest = message:match('^([^\n]-):(%d+): (.*)$')
  if line then return rest, tonumber(line) end
  return message, nil
end

local function to_frame(id, code, message, place)
  local header = '{"k":"fail","i":' .. id .. ',"c":"' .. code .. '","m":' .. json.string(message)
  if place.file then header = header .. ',"file":' .. json.string(to_absolute(place.file)) end
  if place.line then header = header .. ',"line":' .. place.line end
  header = header .. '}'
  if bytes.is_utf8(header) then return header end
  return (header:gsub('[\128-\255]', '?'))
end

-- `name` is the file whose parsing failed where the words do not say.
local function to_syntax(id, words, name)
  local message, line = split_message(words)
  local file = words:match('^([^\n:]+):%d+: ')
  if not file or file:sub(1, 3) == '...' then file = name end
  return to_frame(id, line and 'TREEWAY_SYNTAX' or 'TREEWAY_LOAD_FAILED', message, { file = file, line = line }), words
end
failure.to_syntax = to_syntax

-- Header text and body for what `capture` gave.
function failure.to_frame(id, fault, fn, is_loading)
  -- what LuaJIT says where even `capture` finds no room on the stack
  if fault == 'error in error handling' then fault = 'stack overflow' end
  if type(fault) ~= 'table' then fault = { message = tostring(fault), place = {}, trace = '' } end
  if fault.answer then return to_frame(id, 'TREEWAY_ANSWER_INVALID', fault.answer, {}), '' end
  if fault.missing then return to_frame(id, 'TREEWAY_EXPORT_MISSING', fault.missing, {}), '' end
  if fault.syntax then return to_syntax(id, fault.syntax, fn.name) end
  local code = is_loading and 'TREEWAY_LOAD_FAILED' or 'TREEWAY_HANDLER_FAILED'
  local message = split_message(fault.message)
  local header = to_frame(id, code, message:match('^[^\n]*'), fault.place)
  return header, fault.message .. '\n' .. fault.trace
end

return failure
