return function(event, params)
  return { message = "Hello, " .. params.name .. "." }
end
