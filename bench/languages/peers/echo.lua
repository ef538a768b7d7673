local cjson = require("cjson")

local function is_texts(value)
  if type(value) ~= "table" then
    return false
  end
  for _, one in ipairs(value) do
    if type(one) ~= "string" then
      return false
    end
  end
  return true
end

ngx.req.read_body()
local is_json, order = pcall(cjson.decode, ngx.req.get_body_data())
if
  not is_json
  or type(order.id) ~= "number"
  or type(order.name) ~= "string"
  or not is_texts(order.tags)
  or not is_texts(order.notes)
then
  return ngx.exit(400)
end
local text = cjson.encode(order)
ngx.header["Content-Type"] = "application/json"
ngx.header["Content-Length"] = #text
ngx.print(text)
