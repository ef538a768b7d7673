"""Frames: two big-endian u32 lengths, a JSON header, raw body bytes (docs/worker-protocol.md)."""

import json
import struct

VERSION = 1
MAX_HEADER_BYTES = 1024 * 1024
MAX_BODY_BYTES = 1024 * 1024 * 1024
WINDOW_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024

LENGTHS = struct.Struct('>II')
# the C scanner behind json.loads, without its checks of the argument for each call
scan = json.JSONDecoder().scan_once


class ProtocolError(Exception):
    """The bytes are no frames: nobody can be talked to on this channel any more."""


def encode(header, body=b''):
    """One frame. `header` is JSON text."""
    text = header.encode()
    return b''.join((LENGTHS.pack(len(text), len(body)), text, body))


class FrameReader:
    """Cuts a byte stream into frames."""

    def __init__(self):
        self._chunks = []
        self._size = 0
        self._needed = LENGTHS.size

    def push(self, chunk):
        """Returns the frames that are complete now, as a list of (header, body)."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size < self._needed:
            return []
        data = chunk if len(self._chunks) == 1 else b''.join(self._chunks)
        frames = []
        start = self._parse(data, frames)
        rest = data[start:]
        self._chunks = [rest] if rest else []
        self._size = len(rest)
        return frames

    def _parse(self, data, frames):
        start = 0
        size = len(data)
        while size - start >= LENGTHS.size:
            header_length, body_length = LENGTHS.unpack_from(data, start)
            if not 0 < header_length <= MAX_HEADER_BYTES:
                raise ProtocolError(f'a frame header of {header_length} bytes')
            if body_length > MAX_BODY_BYTES:
                raise ProtocolError(f'a frame body of {body_length} bytes')
            total = LENGTHS.size + header_length + body_length
            if size - start < total:
                self._needed = total
                return start
            body_start = start + LENGTHS.size + header_length
            header = parse_header(data[start + LENGTHS.size : body_start])
            start += total
            frames.append((header, data[body_start:start]))
        self._needed = LENGTHS.size
        return start


def parse_header(data):
    try:
        text = data.decode()
        header, end = scan(text.lstrip() if text[:1] != '{' else text, 0)
    except (UnicodeDecodeError, json.JSONDecodeError, StopIteration, RecursionError) as error:
        raise ProtocolError(f'a frame header that is not JSON: {data[:200]!r}') from error
    if not isinstance(header, dict):
        raise ProtocolError(f'a frame header that is not a JSON object: {data[:200]!r}')
    return header
