"""Streamed answers: a generator's pieces become frames, as fast as the client takes them."""

import threading

from .answer import BYTES, TEXT, to_piece
from .protocol import PIECE_BYTES, WINDOW_BYTES


class Room:
    """Where a thread waits until the client has taken enough."""

    def __init__(self):
        self._condition = threading.Condition()

    def wait(self, call):
        with self._condition:
            self._condition.wait_for(lambda: call.is_cancelled or call.ahead < WINDOW_BYTES)

    def notify(self):
        with self._condition:
            self._condition.notify_all()


class AsyncRoom:
    """The same for a coroutine."""

    def __init__(self, asyncio, loop):
        self._event = asyncio.Event()
        self._loop = loop

    async def wait(self, call):
        while not call.is_cancelled and call.ahead >= WINDOW_BYTES:
            self._event.clear()
            await self._event.wait()

    def notify(self):
        self._loop.call_soon_threadsafe(self._event.set)


class StreamWriter:
    """Writes head, data and end of one call."""

    def __init__(self, channel, call, to_head):
        self._channel = channel
        self._call = call
        # (content type by the first piece) -> header text of the head frame
        self._to_head = to_head
        self._has_begun = False

    def add(self, piece):
        data = to_piece(piece)
        if not self._has_begun:
            self._begin(TEXT if isinstance(piece, str) else BYTES)
        for start in range(0, len(data), PIECE_BYTES):
            part = data[start : start + PIECE_BYTES]
            self._call.ahead += len(part)
            self._channel.add(f'{{"k":"data","i":{self._call.id}}}', part)
        self._channel.flush()

    def end(self):
        if not self._has_begun:
            self._begin(None)
        self._channel.add(f'{{"k":"end","i":{self._call.id}}}')
        self._channel.flush()

    def _begin(self, content_type):
        self._has_begun = True
        self._channel.add(self._to_head(content_type))


def write_pieces(pieces, writer, call):
    """Runs a generator to its end, or to a cancel."""
    call.room = Room()
    try:
        for piece in pieces:
            writer.add(piece)
            if call.ahead >= WINDOW_BYTES:
                call.room.wait(call)
            if call.is_cancelled:
                break
    finally:
        close = getattr(pieces, 'close', None)
        if close is not None:
            close()
    writer.end()


async def write_async_pieces(pieces, writer, call, room):
    call.room = room
    try:
        async for piece in pieces:
            writer.add(piece)
            if call.ahead >= WINDOW_BYTES:
                await room.wait(call)
            if call.is_cancelled:
                break
    finally:
        close = getattr(pieces, 'aclose', None)
        if close is not None:
            await close()
    writer.end()
