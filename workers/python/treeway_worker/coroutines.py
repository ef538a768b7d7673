"""Runs async handlers on one event loop, in a thread of its own; asyncio is imported when the first one comes."""

import threading
import traceback
from collections import deque


class Coroutines:
    def __init__(self):
        self._lock = threading.Lock()
        self._inbox = deque()
        self._is_woken = False
        self.asyncio = None
        self.loop = None

    def submit(self, context, start, *args):
        """Calls `start(*args)` on the loop, in the given context; it returns a coroutine to run."""
        if self.loop is None:
            self._start()
        self._inbox.append((context, start, args))
        # one wake-up for all that came before the loop looked
        if not self._is_woken:
            self._is_woken = True
            self.loop.call_soon_threadsafe(self._take)

    def call(self, function, *args):
        if self.loop is not None:
            self.loop.call_soon_threadsafe(function, *args)

    def _start(self):
        with self._lock:
            if self.loop is not None:
                return
            import asyncio

            self.asyncio = asyncio
            loop = asyncio.new_event_loop()
            threading.Thread(target=self._run, args=(loop,), daemon=True).start()
            self.loop = loop

    def _run(self, loop):
        self.asyncio.set_event_loop(loop)
        while True:
            try:
                loop.run_forever()
            except BaseException:
                # SystemExit of a task somebody started; the loop goes on for the others
                traceback.print_exc()

    def _take(self):
        self._is_woken = False
        while self._inbox:
            context, start, args = self._inbox.popleft()
            # a task takes the context that is current where it is made
            context.run(self._create, start, args)

    def _create(self, start, args):
        self.loop.create_task(start(*args))
