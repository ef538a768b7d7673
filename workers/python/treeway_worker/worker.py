"""
The worker's loop.

One thread leads: it reads frames and runs quick handlers on the spot, which costs no change of threads. Another watches:
where a handler does not return within a few milliseconds, the watcher takes the lead, and the function is run in a
thread of its own from then on, until it has proved quick again. So quick handlers are cheap and slow ones stop nobody.
"""

import contextvars
import faulthandler
import json
import os
import platform
import signal
import sys
import threading
import time
from collections import deque

from .answer import Stream, to_answer
from .call import CURRENT, Call, complete_event
from .channel import Channel
from .check import check_file
from .coroutines import Coroutines
from .environment import install_environ
from .failure import to_fail_frame
from .function import Function
from .modules import Tree
from .output import install_output, to_log_header
from .protocol import VERSION, ProtocolError
from .streams import AsyncRoom, StreamWriter, write_async_pieces, write_pieces
from .threads import Threads

TICK_SECONDS = 0.005
# ticks without a call after which the watcher sleeps until there is one
QUIET_TICKS = 40
# answers wait this long at most for others to share a write
FLUSH_SECONDS = 0.0005
EXIT_PROTOCOL = 70


class Worker:
    def __init__(self, fd):
        self._channel = Channel(fd)
        self._threads = Threads()
        self._coroutines = Coroutines()
        self._functions = {}
        self._calls = {}
        self._tree = None
        self._root = ''
        self._streams = ()
        self._heads = {}
        # frames read and not handled; whoever leads takes the next one
        self._backlog = deque()
        # holds the call the leader is running; whoever takes it out leads on
        self._lead = deque()
        self._started = 0
        self._is_watcher_asleep = False
        self._wake = threading.Event()
        self._flushed_at = 0.0

    def run(self):
        set_signals(do_nothing)
        os.register_at_fork(after_in_child=leave_worker)
        faulthandler.enable()
        install_environ()
        self._streams = install_output(self._on_line)
        self._threads.submit(self._watch)
        self._read_on()
        # another thread leads now
        self._threads.work()

    # leading

    def _read_on(self):
        """Reads and handles frames for as long as this thread leads."""
        try:
            while True:
                while self._backlog:
                    if not self._handle(*self._backlog.popleft()):
                        return
                self._channel.flush()
                frames = self._channel.read()
                if frames is None:
                    end_process(0)
                self._backlog.extend(frames)
        except OSError:
            end_process(0)
        except Exception as error:
            # handlers' own errors never come here: this is no frame, or one that makes no sense
            os.write(2, f'{type(error).__name__}: {error}\n'.encode(errors='replace'))
            end_process(EXIT_PROTOCOL)

    def _handle(self, header, body):
        """False: another thread leads now."""
        kind = header.get('k')
        if kind == 'call':
            return self._on_call(header, body)
        if kind in ('data', 'end'):
            return self._on_piece(kind, header, body)
        if kind == 'ack':
            self._on_ack(header)
        elif kind == 'cancel':
            self._on_cancel(header)
        elif kind == 'load':
            self._functions[header['f']] = Function(header)
        elif kind in ('hello', 'check', 'reload'):
            self._on_question(kind, header)
        return True

    def _on_call(self, header, body):
        function = self._functions.get(header['f'])
        if function is None:
            raise ProtocolError(f'a call of the function {header["f"]}, which was not loaded')
        call = Call(header['i'], function, header['e'], header.get('p') or {})
        self._calls[call.id] = call
        if header.get('more'):
            call.parts = [body]
            return True
        return self._begin(call, body)

    def _on_piece(self, kind, header, body):
        call = self._calls.get(header['i'])
        # after a cancel they may still be on their way
        if call is None or call.parts is None:
            return True
        call.parts.append(body)
        return self._begin(call, b''.join(call.parts)) if kind == 'end' else True

    def _begin(self, call, body):
        call.parts = None
        if call.function.is_slow:
            self._threads.submit(self._run_apart, call, body)
            return True
        self._lead.append(call)
        self._started += 1
        if self._is_watcher_asleep:
            self._is_watcher_asleep = False
            self._wake.set()
        self._run(call, body)
        try:
            self._lead.pop()
        except IndexError:
            self._channel.flush()
            return False
        if time.monotonic() - self._flushed_at > FLUSH_SECONDS:
            self._channel.flush()
            self._flushed_at = time.monotonic()
        return True

    def _watch(self):
        seen = -1
        quiet = 0
        while True:
            time.sleep(TICK_SECONDS)
            if self._started != seen:
                seen = self._started
                quiet = 0
            elif self._lead:
                if self._take_lead():
                    return
            else:
                quiet += 1
                if quiet > QUIET_TICKS:
                    self._sleep(seen)
                    quiet = 0

    def _sleep(self, seen):
        self._wake.clear()
        self._is_watcher_asleep = True
        if self._started == seen:
            self._wake.wait()
        self._is_watcher_asleep = False

    def _take_lead(self):
        """The same handler has run for a tick: leaves its thread to it. True when this thread has led since."""
        try:
            call = self._lead.pop()
        except IndexError:
            return False
        call.function.note_slow()
        self._threads.submit(self._watch)
        self._channel.flush()
        self._read_on()
        return True

    # running handlers

    def _run_apart(self, call, body):
        began = time.monotonic()
        self._run(call, body)
        self._channel.flush()
        call.function.note_time(time.monotonic() - began)

    def _run(self, call, body):
        context = call.context = contextvars.copy_context()
        context.run(self._run_in_context, call, body)

    def _run_in_context(self, call, body):
        CURRENT.set(call)
        function = call.function
        try:
            if function.handler is None:
                function.load(self._tree)
            complete_event(call, body)
            value = function.invoke(call.event, call.params)
            if hasattr(value, '__await__'):
                # a copy: this thread has not left the context yet when the loop enters it
                self._coroutines.submit(call.context.copy(), self._await, call, value)
                return
            self._answer(call, value)
        except BaseException as error:
            self._fail(call, error)

    async def _await(self, call, awaitable):
        call.task = self._coroutines.asyncio.current_task()
        try:
            if call.is_cancelled:
                raise self._coroutines.asyncio.CancelledError
            value = await awaitable
            # an async handler may return a plain generator: its thread runs it
            self._answer(call, value)
        except BaseException as error:
            self._fail(call, error)
        self._coroutines.loop.call_soon(self._channel.flush)

    def _answer(self, call, value):
        status, headers, body = to_answer(value)
        if isinstance(body, Stream):
            self._stream(call, status, headers, body)
            return
        self._end_lines(call)
        self._calls.pop(call.id, None)
        self._channel.add(self._to_header(call.id, status, headers), body)

    def _to_header(self, id, status, headers):
        # most answers have no header but their content type: its text is made once
        if len(headers) == 1:
            key = (status, headers.get('content-type'))
            rest = self._heads.get(key)
            if rest is None:
                rest = f',"s":{status},"h":{json.dumps(headers)}}}'
                if key[1] is not None and len(self._heads) < 1000:
                    self._heads[key] = rest
        else:
            rest = f',"s":{status},"h":{json.dumps(headers)}}}'
        return f'{{"k":"answer","i":{id}{rest}'

    def _stream(self, call, status, headers, stream):
        def to_head(content_type):
            if content_type and 'content-type' not in headers:
                headers['content-type'] = content_type
            return json.dumps({'k': 'head', 'i': call.id, 's': status, 'h': headers})

        writer = StreamWriter(self._channel, call, to_head)
        if stream.async_pieces is not None:
            self._coroutines.submit(call.context.copy(), self._stream_async, call, stream.async_pieces, writer)
        else:
            self._threads.submit(call.context.copy().run, self._stream_sync, call, stream.pieces, writer)

    def _stream_sync(self, call, pieces, writer):
        try:
            write_pieces(pieces, writer, call)
            self._end_lines(call)
            self._calls.pop(call.id, None)
        except BaseException as error:
            self._fail(call, error)
        self._channel.flush()

    async def _stream_async(self, call, pieces, writer):
        call.task = self._coroutines.asyncio.current_task()
        try:
            room = AsyncRoom(self._coroutines.asyncio, self._coroutines.loop)
            await write_async_pieces(pieces, writer, call, room)
            self._end_lines(call)
            self._calls.pop(call.id, None)
        except BaseException as error:
            self._fail(call, error)
        self._channel.flush()

    def _fail(self, call, error):
        self._end_lines(call)
        self._calls.pop(call.id, None)
        self._channel.add(*to_fail_frame(call.id, error, self._root))

    # what else the server says

    def _on_ack(self, header):
        call = self._calls.get(header['i'])
        if call is None:
            return
        call.ahead -= header['n']
        if call.room is not None:
            call.room.notify()

    def _on_cancel(self, header):
        call = self._calls.get(header['i'])
        if call is None:
            return
        call.is_cancelled = True
        if call.room is not None:
            call.room.notify()
        if call.task is not None:
            self._coroutines.call(call.task.cancel)
        if call.parts is not None:
            self._fail(call, ConnectionError('the client went away'))

    def _on_question(self, kind, header):
        if kind == 'hello':
            self._root = header['root']
            self._tree = Tree(self._root)
            version = json.dumps({'k': 'ready', 'v': VERSION, 'language': 'python', 'version': platform.python_version()})
            self._channel.add(version)
            self._channel.flush()
            return
        try:
            if kind == 'check':
                check_file(self._functions[header['f']])
            else:
                self._reload(header['files'])
            self._channel.add(f'{{"k":"done","i":{header["i"]}}}')
        except BaseException as error:
            self._channel.add(*to_fail_frame(header['i'], error, self._root))

    def _reload(self, files):
        gone = self._tree.forget(files)
        for function in self._functions.values():
            if function.module_name in gone or function.handler is None or function.file in files:
                function.unload()
        if 'linecache' in sys.modules:
            sys.modules['linecache'].clearcache()

    # printed lines

    def _on_line(self, request_id, stream, text):
        self._channel.add(to_log_header(request_id, stream), text.encode(errors='backslashreplace'))
        # a quick call's lines go with its answer; nobody would send those of others in time
        call = CURRENT.get()
        if call is None or call.function.is_slow:
            self._channel.flush()

    def _end_lines(self, call):
        if call.lines:
            for stream in self._streams:
                stream.end_call(call)


def do_nothing(number, frame):
    """Ctrl-C reaches every process of the terminal, and it is the server that drains."""


def set_signals(action):
    # a function, not SIG_IGN: programs that a handler starts would inherit that, and could not be ended
    signal.signal(signal.SIGINT, action)
    signal.signal(signal.SIGTERM, action)


def leave_worker():
    """In a process that a handler forked: it is no worker, and must not write frames."""
    set_signals(signal.SIG_DFL)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def end_process(status):
    """At once, whatever handlers and threads do."""
    os._exit(status)
