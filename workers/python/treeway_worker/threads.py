"""Threads that run jobs: one is started when none is idle, and one that stays idle for a while ends."""

import threading
from queue import Empty, SimpleQueue

IDLE_SECONDS = 30


class Threads:
    def __init__(self):
        self._jobs = SimpleQueue()
        # as many permits as there are threads that wait for a job nobody has given yet
        self._idle = threading.Semaphore(0)

    def submit(self, job, *args):
        self._jobs.put((job, args))
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self.work, args=(IDLE_SECONDS,), daemon=True).start()

    def work(self, idle_seconds=None):
        """Runs jobs; without a limit for ever, for a thread that has nothing else to do any more."""
        while True:
            try:
                job, args = self._jobs.get(timeout=idle_seconds)
            except Empty:
                # without a permit a job is on its way to this thread
                if self._idle.acquire(blocking=False):
                    return
                continue
            job(*args)
            # the next job must not keep this one's objects alive
            del job, args
            self._idle.release()
