local text = require("cjson").encode({ hello = "world" })
ngx.header["Content-Type"] = "application/json"
ngx.header["Content-Length"] = #text
ngx.print(text)
