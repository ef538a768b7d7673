return function(event)
  return { message = "It works.", next = "/hello/you" }
end
