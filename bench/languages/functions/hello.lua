return function(event)
  return { status = 200, body = { hello = "world" } }
end
