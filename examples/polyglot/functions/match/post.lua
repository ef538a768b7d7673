local cjson = require("cjson")

-- Each match is a line of JSON, sent when it is found: a client may leave before the last one.
local function lines(text, pattern)
  return coroutine.wrap(function()
    for found in text:gmatch(pattern) do
      coroutine.yield(cjson.encode({ found = found }) .. "\n")
    end
  end)
end

return function(event)
  local asked = cjson.decode(event.body)
  local is_pattern, fault = pcall(string.find, asked.text, asked.pattern)
  if not is_pattern then
    return { status = 400, body = { statusCode = 400, error = "Bad Request", message = fault } }
  end
  return {
    status = 200,
    headers = { ["Content-Type"] = "application/x-ndjson" },
    body = lines(asked.text, asked.pattern),
  }
end
