"""What a handler returned becomes status, headers and body: docs/worker-protocol.md, "Answer rules"."""

import base64
import binascii
import json
from collections.abc import Mapping

TEXT = 'text/plain; charset=utf-8'
HTML = 'text/html; charset=utf-8'
JSON = 'application/json; charset=utf-8'
BYTES = 'application/octet-stream'

ENVELOPE_KEYS = frozenset(
    ('status', 'statusCode', 'headers', 'body', 'is_base64', 'isBase64Encoded', 'body_base64')
)
DROPPED_HEADERS = frozenset(('connection', 'transfer-encoding', 'keep-alive', 'content-length'))
UNSAFE = ('\r', '\n', '\0')


class AnswerInvalid(Exception):
    """The handler returned something that can not be sent."""


class Stream:
    """A body that comes piece by piece. Exactly one of the two is set."""

    __slots__ = ('pieces', 'async_pieces')

    def __init__(self, pieces=None, async_pieces=None):
        self.pieces = pieces
        self.async_pieces = async_pieces


def to_answer(value):
    """Returns (status, headers, body); body is bytes or a Stream."""
    if isinstance(value, dict):
        if is_envelope(value):
            return from_envelope(value)
    elif isinstance(value, tuple):
        if is_answer_tuple(value):
            return from_parts(value[0], value[1], value[2] if len(value) == 3 else None)
    elif not isinstance(value, (str, bytes, list, int, float, type(None))) and is_response(value):
        return from_response(value)
    body, content_type = to_body(value)
    return 200, ({'content-type': content_type} if content_type else {}), body


def is_envelope(value):
    status = value.get('status')
    if status is None:
        status = value.get('statusCode')
    if isinstance(status, int) and not isinstance(status, bool):
        return True
    if not value or not ENVELOPE_KEYS.issuperset(value):
        return False
    return 'body' in value or 'body_base64' in value or isinstance(value.get('headers'), Mapping)


def is_answer_tuple(value):
    """(body, status) or (body, status, headers), as Flask has it; any other tuple is a list."""
    if len(value) not in (2, 3):
        return False
    status = value[1]
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        return False
    return len(value) == 2 or value[2] is None or isinstance(value[2], (Mapping, list))


def is_response(value):
    has_status = hasattr(value, 'status_code') or hasattr(value, 'status')
    return has_status and hasattr(value, 'headers') and (hasattr(value, 'body') or hasattr(value, 'get_data'))


def from_envelope(value):
    status = value.get('status')
    if status is None:
        status = value.get('statusCode')
    body = value.get('body')
    encoded = value.get('body_base64')
    if encoded is None and (value.get('is_base64') or value.get('isBase64Encoded')):
        encoded = '' if body is None else body
    if encoded is not None:
        body = decode_base64(encoded)
    return from_parts(body, 200 if status is None else status, value.get('headers'))


def from_parts(body, status, headers):
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise AnswerInvalid(f'status must be a whole number from 200 to 599, received {status!r}')
    data, content_type = to_body(body)
    kept = to_headers(headers, isinstance(data, Stream)) if headers else {}
    if content_type and 'content-type' not in kept:
        kept['content-type'] = content_type
    return status, kept, data


def from_response(value):
    """An object of a web framework, or of one's own, with status, headers and body."""
    status = getattr(value, 'status_code', None)
    if status is None:
        status = value.status
    headers = value.headers
    body = value.get_data() if hasattr(value, 'get_data') else value.body
    pairs = headers.multi_items() if hasattr(headers, 'multi_items') else headers
    return from_parts(body, status, pairs)


def to_headers(headers, is_stream):
    kept = {}
    for name, value in to_pairs(headers):
        if not isinstance(name, str) or any(mark in name for mark in UNSAFE) or name == '':
            raise AnswerInvalid(f'{name!r} is not the name of a header')
        name = name.lower()
        if value is None or (name in DROPPED_HEADERS and not (is_stream and name == 'content-length')):
            continue
        values = [to_header_value(name, one) for one in value] if isinstance(value, (list, tuple)) else None
        text = to_header_value(name, value) if values is None else values
        if name in kept:
            before = kept[name] if isinstance(kept[name], list) else [kept[name]]
            text = before + (text if isinstance(text, list) else [text])
        kept[name] = text
    return kept


def to_pairs(headers):
    if hasattr(headers, 'items'):
        return headers.items()
    try:
        return [(name, value) for name, value in headers]
    except (TypeError, ValueError):
        raise AnswerInvalid(f'headers must be a dict, received {headers!r:.100}') from None


def to_header_value(name, value):
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        raise AnswerInvalid(f'the header {name} must be text or a list of texts, received {value!r:.100}')
    if any(mark in value for mark in UNSAFE):
        raise AnswerInvalid(f'the header {name} holds a line break or NUL: {value!r:.100}')
    return value


def to_body(value):
    """Returns (bytes or Stream, content type or None)."""
    if isinstance(value, str):
        return to_bytes(value), (HTML if is_page(value) else TEXT)
    if isinstance(value, (dict, list)):
        return to_json(value), JSON
    if value is None:
        return b'', None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value), BYTES
    if isinstance(value, bool):
        return to_json(value), JSON
    if isinstance(value, (int, float)):
        return to_json(value), TEXT
    if hasattr(value, '__aiter__'):
        return Stream(async_pieces=value), None
    if hasattr(value, 'read'):
        return Stream(pieces=read_pieces(value)), None
    if hasattr(value, '__next__'):
        return Stream(pieces=value), None
    return to_json(value), JSON


def read_pieces(file):
    """An open file is sent in blocks, not in lines."""
    try:
        while True:
            piece = file.read(65536)
            if not piece:
                return
            yield piece
    finally:
        if hasattr(file, 'close'):
            file.close()


def to_piece(piece):
    if isinstance(piece, str):
        return to_bytes(piece)
    if isinstance(piece, (bytes, bytearray, memoryview)):
        return bytes(piece)
    raise AnswerInvalid(f'a streamed answer is made of text and bytes, received {type(piece).__name__}')


def to_bytes(text):
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise AnswerInvalid(f'text that can not be UTF-8: {error}') from None


def is_page(text):
    if '<' not in text[:200]:
        return False
    start = text.lstrip()[:14].lower()
    return start.startswith('<html') or start.startswith('<!doctype html')


def decode_base64(text):
    if isinstance(text, (bytes, str)):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise AnswerInvalid(f'the body is not base64: {text!r:.100}')


def to_json(value):
    try:
        return ENCODER.encode(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise AnswerInvalid(f'JSON can not say it: {error}') from None


def to_plain(value):
    """What the json module does not know, where there is one obvious way to write it."""
    if hasattr(value, 'isoformat'):
        return value.isoformat()
    if hasattr(value, 'model_dump'):
        return value.model_dump(mode='json')
    if hasattr(value, '__dataclass_fields__') and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if type(value).__name__ in ('UUID', 'Decimal'):
        return str(value)
    raise TypeError(f'an object of type {type(value).__name__}')


ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(',', ':'), allow_nan=False, default=to_plain)
