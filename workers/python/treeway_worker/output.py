"""sys.stdout and sys.stderr: every line becomes a log frame with the id of its request."""

import io
import json
import sys

from .call import CURRENT


class Output(io.TextIOBase):
    """A text stream whose lines go to `on_line(request id or None, 'out' or 'err', text)`."""

    encoding = 'utf-8'
    errors = 'backslashreplace'

    def __init__(self, name, fd, on_line):
        self.name = f'<{name}>'
        self._stream = name
        self._fd = fd
        self._on_line = on_line
        self._rest = ''
        self.buffer = OutputBytes(self)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        call = CURRENT.get()
        lines = (self._take_rest(call) + text).split('\n')
        rest = lines.pop()
        if rest:
            self._keep_rest(call, rest)
        for line in lines:
            self._on_line(call and call.request_id, self._stream, line)
        return len(text)

    def end_call(self, call):
        """Sends a last line that had no line break."""
        rest = self._take_rest(call)
        if rest:
            self._on_line(call.request_id, self._stream, rest)

    def _take_rest(self, call):
        if call is None:
            rest, self._rest = self._rest, ''
            return rest
        return call.lines.pop(self._stream, '') if call.lines else ''

    def _keep_rest(self, call, rest):
        if call is None:
            self._rest = rest
        elif call.lines is None:
            call.lines = {self._stream: rest}
        else:
            call.lines[self._stream] = rest

    def fileno(self):
        return self._fd

    def writable(self):
        return True

    def isatty(self):
        return False


class OutputBytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, text):
        self._text = text

    def write(self, data):
        self._text.write(bytes(data).decode(errors='backslashreplace'))
        return len(data)

    def writable(self):
        return True

    def fileno(self):
        return self._text.fileno()


def to_log_header(request_id, stream):
    if request_id is None:
        return f'{{"k":"log","o":"{stream}"}}'
    return f'{{"k":"log","r":{json.dumps(request_id)},"o":"{stream}"}}'


def install_output(on_line):
    """Returns the two streams."""
    sys.stdout = Output('out', 1, on_line)
    sys.stderr = Output('err', 2, on_line)
    # faults at the end of the interpreter go where they can still be read
    return sys.stdout, sys.stderr
