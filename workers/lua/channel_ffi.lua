-- The channel by system calls, which LuaJIT can make: it sees what has come without waiting for more, so that the
-- answers of several calls share a write.

local use = ...
local frames = use('frames')
local ffi = require('ffi')

ffi.cdef [[
  struct treeway_pollfd { int fd; short events; short revents; };
  struct treeway_timespec { long seconds; long nanoseconds; };
  ssize_t read(int fd, void *buffer, size_t count);
  ssize_t write(int fd, const void *buffer, size_t count);
  int poll(struct treeway_pollfd *fds, unsigned long count, int timeout);
  int dup(int fd);
  int dup2(int from, int to);
  int open(const char *path, int flags, ...);
  int close(int fd);
  int fcntl(int fd, int command, ...);
  int clock_gettime(int clock, struct treeway_timespec *time);
  int abs(int value);
  void (*signal(int signal, void (*handler)(int)))(int);
]]

local C = ffi.C
local READ_BYTES, WRITE_BYTES = 256 * 1024, 256 * 1024
local EINTR, F_SETFD, FD_CLOEXEC, O_RDWR, POLLIN = 4, 2, 1, 2, 1
local SIGINT, SIGTERM = 2, 15
local CLOCK_MONOTONIC = ffi.os == 'OSX' and 6 or 1

-- Takes the standard streams away from handlers and from the programs they start.
local function take_over(fd)
  local own = C.dup(fd)
  C.fcntl(own, F_SETFD, ffi.cast('int', FD_CLOEXEC))
  return own
end

return function()
  local input, output = take_over(0), take_over(1)
  local null = C.open('/dev/null', O_RDWR)
  C.dup2(null, 0)
  C.dup2(2, 1)
  C.close(null)
  -- signals are the server's to act on. A function that does nothing rather than to ignore them, which the programs
  -- that handlers start would inherit
  local nothing = ffi.cast('void (*)(int)', C.abs)
  C.signal(SIGINT, nothing)
  C.signal(SIGTERM, nothing)

  local buffer = ffi.new('char[?]', READ_BYTES)
  local polled = ffi.new('struct treeway_pollfd[1]', { { input, POLLIN, 0 } })
  local time = ffi.new('struct treeway_timespec')
  local reader = frames.create_reader()
  local waiting, count, size = {}, 0, 0
  local channel = { sees_input = true, tells_times = true }

  function channel.now()
    C.clock_gettime(CLOCK_MONOTONIC, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) * 1e-9
  end

  -- The next frame, waited for; nil when the server is gone. Answers are written before it would wait.
  function channel.read()
    while true do
      local header, body = reader.next()
      if header then return header, body end
      channel.flush()
      local got = tonumber(C.read(input, buffer, READ_BYTES))
      if got > 0 then
        reader.push(ffi.string(buffer, got))
      elseif got == 0 or ffi.errno() ~= EINTR then
        return nil
      end
    end
  end

  function channel.has_input()
    return reader.has_more() or C.poll(polled, 1, 0) > 0
  end

  -- Keeps a frame for the next flush. `header` is JSON text.
  function channel.add(header, body)
    count = count + 1
    waiting[count] = frames.encode(header, body or '')
    size = size + #waiting[count]
    if size > WRITE_BYTES then channel.flush() end
  end

  function channel.flush()
    if count == 0 then return end
    local data = count == 1 and waiting[1] or table.concat(waiting, '', 1, count)
    waiting, count, size = {}, 0, 0
    local from = ffi.cast('const char *', data)
    local left = #data
    while left > 0 do
      local done = tonumber(C.write(output, from, left))
      if done > 0 then
        from, left = from + done, left - done
      elseif ffi.errno() ~= EINTR then
        -- the server is gone, and nobody is left to tell
        os.exit(0)
      end
    end
  end

  return channel
end
