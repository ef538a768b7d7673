-- The channel by Lua's own io library, which waits for as many bytes as it was asked for. So every answer is written at
-- once, and a stream hears of its client only when it must wait for it.

local use = ...
local frames = use('frames')

return function()
  local input, output = io.stdin, io.stdout
  input:setvbuf('full', 65536)
  output:setvbuf('no')
  -- the time this process worked: what it waited for is not in it, so the server measures by itself
  local channel = { sees_input = false, tells_times = false, now = os.clock }

  -- Reads exactly so many bytes; nil at the end.
  local function read_bytes(size)
    local parts = {}
    while size > 0 do
      local part = input:read(size)
      if not part then return nil end
      parts[#parts + 1] = part
      size = size - #part
    end
    return #parts == 1 and parts[1] or table.concat(parts)
  end

  function channel.read()
    local lengths = read_bytes(8)
    if not lengths then return nil end
    local header, body = frames.read_lengths(lengths, 1)
    local text = read_bytes(header)
    local data = body == 0 and '' or read_bytes(body)
    if not text or not data then return nil end
    return frames.parse_header(text), data
  end

  function channel.has_input()
    return false
  end

  function channel.add(header, body)
    if not output:write(frames.encode(header, body or '')) then os.exit(0) end
  end

  function channel.flush() end

  return channel
end
