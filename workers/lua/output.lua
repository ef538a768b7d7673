-- What handlers print: every line becomes a log frame with the id of its request.

local use = ...
local json = use('json')

return function(channel)
  local output = { request_id = nil }
  -- the beginning of a line, by stream
  local rest = { out = '', err = '' }

  local function add_line(stream, line)
    local id = output.request_id
    local r = id and ',"r":' .. json.string(id) or ''
    channel.add('{"k":"log"' .. r .. ',"o":"' .. stream .. '"}', line)
  end

  function output.write(stream, text)
    text = rest[stream] .. text
    local start = 1
    while true do
      local stop = text:find('\n', start, true)
      if not stop then break end
      add_line(stream, text:sub(start, stop - 1))
      start = stop + 1
    end
    rest[stream] = text:sub(start)
  end

  -- Sends last lines that had no line break.
  function output.end_call()
    for stream, line in pairs(rest) do
      if line ~= '' then
        add_line(stream, line)
        rest[stream] = ''
      end
    end
  end

  -- Something that looks like an open file.
  function output.create_file(stream)
    local file = {}
    function file:write(...)
      for index = 1, select('#', ...) do output.write(stream, tostring((select(index, ...)))) end
      return self
    end
    function file:flush() return self end
    function file:close() return true end
    function file:setvbuf() return true end
    function file:seek() return nil, 'not a file that can be searched' end
    function file:read() return nil end
    file.lines = function() return function() end end
    return file
  end

  return output
end
