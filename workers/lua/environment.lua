-- The globals of a handler file. Each has its own, with the helpers it requires in them, as if it had a Lua for itself: two
-- helpers of the same name in two folders never meet, and no handler sees another's globals. Installed modules and Lua's
-- own are shared.

local use = ...
local json, failure = use('json'), use('failure')

table.unpack = table.unpack or unpack
table.pack = table.pack or function(...) return { n = select('#', ...), ... } end

local real_require, real_package, real_io, real_os = require, package, io, os
local INSTALLED_PATH, INSTALLED_CPATH = real_package.path, real_package.cpath
local VERSION = _VERSION:match('%d+%.%d+')

-- What handlers get by require('treeway').
local TREEWAY = {
  null = json.null, array = json.array, object = json.object, json = { encode = json.encode, decode = json.decode, null = json.null }
}

-- Stands in for cjson where it is not installed.
local CJSON = { encode = json.encode, decode = json.decode, null = json.null, empty_array = json.array(), _NAME = 'cjson' }
local CJSON_SAFE = setmetatable({ encode = json.write, decode = json.parse }, { __index = CJSON })
local STAND_INS = { cjson = CJSON, ['cjson.safe'] = CJSON_SAFE, json = CJSON }

local function to_folder(file)
  return file:match('^(.*)/[^/]*$') or '.'
end

local function exists(file)
  local handle = real_io.open(file, 'rb')
  -- a folder opens and can not be read
  local is_file = handle ~= nil and handle:read(0) ~= nil or (handle and handle:seek('end') == 0)
  if handle then handle:close() end
  return is_file
end

-- The chunk of a file, with its globals; or nil and the parser's words.
local function load_file(file, name, env)
  local handle, fault = real_io.open(file, 'rb')
  if not handle then return nil, fault end
  local text = handle:read('*a') or ''
  handle:close()
  return load(text:gsub('^#[^\n]*', ''), '@' .. name, 't', env)
end

local function create_io(output)
  local out, err = output.create_file('out'), output.create_file('err')
  local null = real_io.open('/dev/null', 'r')
  local file_io = { stdout = out, stderr = err, stdin = null }
  local current, input = out, null
  function file_io.write(...) return current:write(...) end
  function file_io.read(...) return input:read(...) end
  function file_io.output(file)
    if type(file) == 'string' then current = assert(real_io.open(file, 'w')) elseif file then current = file end
    return current
  end
  function file_io.input(file)
    if type(file) == 'string' then input = assert(real_io.open(file, 'r')) elseif file then input = file end
    return input
  end
  function file_io.lines(file, ...)
    if file == nil then return input:lines(...) end
    return real_io.lines(file, ...)
  end
  function file_io.type(file)
    if file == out or file == err then return 'file' end
    return real_io.type(file)
  end
  function file_io.popen(command, mode)
    -- programs must not write where frames go, nor read where they come from
    local away = (mode or 'r'):find('w', 1, true) and 'exec >&2\n' or 'exec </dev/null\n'
    return real_io.popen(away .. command, mode)
  end
  return setmetatable(file_io, { __index = real_io })
end

local function create_os(get_variables)
  local own_os = {}
  function own_os.getenv(name)
    local value = get_variables()[name]
    if value ~= nil then return value end
    return real_os.getenv(name)
  end
  function own_os.execute(command)
    if command == nil then return real_os.execute() end
    return real_os.execute('exec </dev/null >&2\n' .. command)
  end
  function own_os.exit(status)
    error({ message = 'os.exit(' .. tostring(status == nil and '' or status) .. ') was called', is_exit = true }, 0)
  end
  return setmetatable(own_os, { __index = real_os })
end

local environment = {}

-- `fn` is the function as its load frame describes it; `probed` gets every file that was looked for, found or not.
function environment.create(fn, root, output)
  local env = {}
  local modules, stack, loaded = {}, {}, {}
  local probed = {}
  fn.probed = probed
  env._G = env
  env.io = create_io(output)
  env.os = create_os(function() return fn.env end)
  env.package = setmetatable({ path = INSTALLED_PATH, loaded = loaded, preload = {} }, { __index = real_package })
  env.unpack, env.loadstring = table.unpack, loadstring or load

  function env.print(...)
    local parts = {}
    for index = 1, select('#', ...) do parts[index] = tostring((select(index, ...))) end
    output.write('out', table.concat(parts, '\t') .. '\n')
  end

  function env.load(chunk, name, mode, own)
    return load(chunk, name, mode, own or env)
  end

  local function to_name(file)
    return file:sub(1, #root + 1) == root .. '/' and file:sub(#root + 2) or file
  end

  local function to_file(name)
    return name:sub(1, 1) == '/' and name or root .. '/' .. name
  end

  function env.loadfile(name, _, own)
    probed[to_file(name)] = true
    return load_file(to_file(name), name, own or env)
  end

  function env.dofile(name)
    return assert(env.loadfile(name))()
  end

  -- The file a module name means in a folder.
  local function find_in(folder, path)
    for _, file in ipairs({ folder .. '/' .. path .. '.lua', folder .. '/' .. path .. '/init.lua' }) do
      probed[file] = true
      if exists(file) then return file end
    end
  end

  local function find_above(folder, path)
    while folder ~= root and #folder > #root do
      folder = to_folder(folder)
      local file = find_in(folder, path) or find_in(folder .. '/lua_modules/share/lua/' .. VERSION, path)
      if file then return file end
    end
  end

  local function run_file(file, name)
    if modules[file] ~= nil then return modules[file] end
    if stack[file] then error('the modules require each other: ' .. to_name(file), 0) end
    local chunk, fault = load_file(file, to_name(file), env)
    if not chunk then error({ syntax = fault }, 0) end
    stack[#stack + 1], stack[file] = to_folder(file), true
    local ok, value = xpcall(chunk, failure.capture, name)
    stack[#stack], stack[file] = nil, nil
    if not ok then error(value, 0) end
    if value == nil then value = loaded[name] end
    if value == nil then value = true end
    modules[file] = value
    loaded[name] = value
    return value
  end

  -- Where the code is that called require. A call in tail position has left no trace of itself.
  local function find_caller()
    local info = debug.getinfo(3, 'S')
    local source = info and info.source:sub(1, 1) == '@' and info.source:sub(2)
    if source then return to_folder(to_file(source)), to_file(source) end
    return stack[#stack] or to_folder(fn.file)
  end

  local function is_installed(name)
    return real_package.searchpath(name, INSTALLED_PATH) or real_package.searchpath(name, INSTALLED_CPATH)
      or real_package.preload[name]
  end

  function env.require(name)
    if type(name) ~= 'string' then error("bad argument #1 to 'require' (string expected, got " .. type(name) .. ')', 2) end
    if name == 'treeway' then return TREEWAY end
    if name == 'io' or name == 'os' or name == 'package' then return env[name] end
    if real_package.loaded[name] ~= nil and name ~= '_G' then return real_package.loaded[name] end
    if env.package.preload[name] then return env.package.preload[name](name) end
    local folder, caller = find_caller()
    local path = name:gsub('%.', '/')
    local file = find_in(folder, path)
    -- a route named like a module never is what it requires itself
    if file == caller then file = nil end
    if not file and is_installed(name) then return real_require(name) end
    file = file or find_above(folder, path) or real_package.searchpath(name, env.package.path)
    if file then return run_file(file, name) end
    if STAND_INS[name] then return STAND_INS[name] end
    error("module '" .. name .. "' not found: neither in " .. to_name(folder) .. ' nor above it, nor installed', 2)
  end

  -- Runs the handler file; returns what it returns.
  function fn.run()
    probed[fn.file] = true
    local chunk, fault = load_file(fn.file, fn.name, env)
    if not chunk then error({ syntax = fault }, 0) end
    stack[#stack + 1] = to_folder(fn.file)
    local value = chunk(fn.name)
    stack[#stack] = nil
    return value
  end

  return setmetatable(env, { __index = _G })
end

-- nil, or what keeps the file from being parsed.
function environment.check(fn)
  local chunk, fault = load_file(fn.file, fn.name, {})
  return not chunk and fault or nil
end

return environment
