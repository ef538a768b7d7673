"""The socket to the server: frames in, frames out."""

import socket
import threading
from collections import deque

from .protocol import LENGTHS, FrameReader

READ_BYTES = 256 * 1024
JOIN_BYTES = 64 * 1024


class Channel:
    def __init__(self, fd):
        self._socket = socket.socket(fileno=fd)
        self._socket.setblocking(True)
        self._reader = FrameReader()
        self._frames = deque()
        self._lock = threading.Lock()

    def read(self):
        """Waits for frames. None: the server is gone. Raises ProtocolError."""
        try:
            chunk = self._socket.recv(READ_BYTES)
        except ConnectionError:
            chunk = b''
        return self._reader.push(chunk) if chunk else None

    def add(self, header, body=b''):
        """Keeps a frame for the next flush. `header` is JSON text."""
        text = header.encode()
        lengths = LENGTHS.pack(len(text), len(body))
        if len(body) > JOIN_BYTES:
            self._frames.append((lengths + text, body))
        else:
            self._frames.append(b''.join((lengths, text, body)))

    def flush(self):
        """Writes what was kept, by this thread or by the one that is writing just now."""
        # the one that writes looks again after it let go of the lock, so nothing stays behind
        while self._frames and self._lock.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._lock.release()

    def _write(self):
        small = []
        try:
            while True:
                frame = self._frames.popleft()
                if isinstance(frame, bytes):
                    small.append(frame)
                    continue
                self._send(small)
                small = []
                self._send([frame[0]])
                self._send([frame[1]])
        except IndexError:
            self._send(small)

    def _send(self, pieces):
        if pieces:
            self._socket.sendall(pieces[0] if len(pieces) == 1 else b''.join(pieces))
