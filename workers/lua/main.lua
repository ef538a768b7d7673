-- The Lua worker of Treeway: docs/worker-protocol.md. Started as `luajit main.lua` or `lua main.lua`, with frames on the
-- standard streams: Lua has no other way to a socket.

local here = arg[0]:match('^(.*)/[^/]*$') or '.'
local modules = {}

-- The working directory is the project's: what lies there is no installed module. Handlers find it by the folders above.
local function without_here(path)
  return ((';' .. path .. ';'):gsub(';%./[^;]*', ''):gsub('^;+', ''):gsub(';+$', ''))
end
package.path, package.cpath = without_here(package.path), without_here(package.cpath)

-- Our modules are loaded apart from package.loaded: handlers must never meet their names. They are all called
-- "treeway" in tracebacks, which is how they are left out of them.
local function use(name)
  if modules[name] == nil then
    local file = assert(io.open(here .. '/' .. name .. '.lua', 'rb'))
    local text = file:read('*a')
    file:close()
    modules[name] = assert((loadstring or load)(text, '=treeway'))(use)
  end
  return modules[name]
end

return use('worker')(use)
