"""Threads that run jobs: one is started when none is idle, and none is ended."""

import threading
from queue import SimpleQueue


class Threads:
    def __init__(self):
        self._jobs = SimpleQueue()
        self._idle = threading.Semaphore(0)

    def submit(self, job, *args):
        self._jobs.put((job, args))
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        """Also for a thread that has nothing else to do any more."""
        while True:
            job, args = self._jobs.get()
            job(*args)
            # the next job must not keep this one's objects alive
            del job, args
            self._idle.release()
