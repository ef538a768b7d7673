"""The Python worker of Treeway: docs/worker-protocol.md. Started as `python -I main.py <cache folder>`."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def start():
    # ours is importable only while it is imported: handlers must never meet our module names
    sys.path.insert(0, HERE)
    # and its compiled form goes to the project's state folder, not beside the program
    if len(sys.argv) > 1:
        sys.pycache_prefix = sys.argv[1]
    from treeway_worker.worker import Worker

    sys.path.remove(HERE)
    sys.pycache_prefix = None
    sys.argv = ['']
    Worker(3).run()


if __name__ == '__main__':
    start()
