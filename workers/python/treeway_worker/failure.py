"""What went wrong, as a `fail` frame: code, message, place in the user's code, traceback."""

import json
import os
import sys
import traceback

from .answer import AnswerInvalid

HERE = os.path.dirname(os.path.abspath(__file__))


class HandlerMissing(Exception):
    """The file has no function of the wanted name."""


class ParameterMissing(Exception):
    """The handler wants a parameter the route does not have."""


class LoadFailed(Exception):
    """Running the file's top level failed; `__cause__` has the reason."""


def to_fail_frame(call_id, error, root):
    """Returns (header text, body)."""
    if isinstance(error, LoadFailed):
        code = 'TREEWAY_SYNTAX' if isinstance(error.__cause__, SyntaxError) else 'TREEWAY_LOAD_FAILED'
        error = error.__cause__
    else:
        code = to_code(error)
    header = {'k': 'fail', 'i': call_id, 'c': code, 'm': to_message(error, code), **to_place(error, code, root)}
    return json.dumps(header), to_traceback(error).encode(errors='backslashreplace')


def to_code(error):
    if isinstance(error, AnswerInvalid):
        return 'TREEWAY_ANSWER_INVALID'
    if isinstance(error, HandlerMissing):
        return 'TREEWAY_EXPORT_MISSING'
    return 'TREEWAY_HANDLER_FAILED'


def to_message(error, code):
    if code == 'TREEWAY_SYNTAX':
        return str(error.msg)
    if code in ('TREEWAY_ANSWER_INVALID', 'TREEWAY_EXPORT_MISSING') or isinstance(error, ParameterMissing):
        return str(error)
    try:
        text = str(error)
    except Exception:
        text = ''
    name = type(error).__name__
    return f'{name}: {text}' if text else name


def to_place(error, code, root):
    if code == 'TREEWAY_SYNTAX':
        place = {'file': error.filename, 'line': error.lineno, 'column': error.offset}
        return {key: value for key, value in place.items() if value}
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(user_part(error.__traceback__))]
    own = [frame for frame in frames if is_own(frame[0], root)] or frames
    return {'file': own[-1][0], 'line': own[-1][1]} if own else {}


def is_own(file, root):
    """The user's code rather than an installed package or the standard library."""
    return file.startswith(root + os.sep) and 'site-packages' not in file and f'{os.sep}.treeway{os.sep}' not in file


def user_part(tb):
    """The traceback without the worker's own frames and those of the import machinery at its top."""
    while tb is not None:
        file = tb.tb_frame.f_code.co_filename
        if not (file.startswith(HERE) or file.startswith('<frozen importlib') or is_importlib(file)):
            return tb
        tb = tb.tb_next
    return None


def is_importlib(file):
    return file.startswith(os.path.dirname(sys.modules['importlib'].__file__))


def to_traceback(error):
    if isinstance(error, (AnswerInvalid, HandlerMissing, ParameterMissing)):
        return ''
    try:
        return ''.join(traceback.format_exception(type(error), error, user_part(error.__traceback__)))
    except Exception as failure:
        return f'{type(error).__name__} (its traceback can not be written: {failure!r})\n'
