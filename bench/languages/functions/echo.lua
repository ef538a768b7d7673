local cjson = require("cjson")

return function(event)
  return { status = 200, body = cjson.decode(event.body) }
end
