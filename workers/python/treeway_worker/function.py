"""A handler file: loaded at its first call, its parameters read once."""

import inspect
import os
import threading

from .failure import HandlerMissing, LoadFailed, ParameterMissing

# calls in a row that must be quick before a function is run where its frame was read
QUICK_CALLS = 20
QUICK_SECONDS = 0.002


class Function:
    def __init__(self, load):
        self.file = os.path.normpath(load['file'])
        self.name = load['name']
        self.wanted = load.get('handler')
        self.env = load.get('env') or {}
        self.handler = None
        self.module_name = None
        # may wait: run in a thread of its own rather than where frames are read. Its first call loads the file
        self.is_slow = True
        self._quick_calls_left = 1
        self._lock = threading.RLock()
        self._names = ()
        self._takes_event = True
        self._takes_all = False

    def load(self, tree):
        """Raises LoadFailed or HandlerMissing."""
        with self._lock:
            if self.handler is not None:
                return
            try:
                module = tree.load(self.file)
            except BaseException as error:
                raise LoadFailed from error
            self.module_name = module.__name__
            handler = find_handler(module, self.wanted)
            self._read_parameters(handler)
            self.handler = handler

    def unload(self):
        self.handler = None
        self.is_slow = True
        self._quick_calls_left = 1

    def note_slow(self):
        self.is_slow = True
        self._quick_calls_left = QUICK_CALLS

    def note_time(self, seconds):
        """Of a call in a thread of its own."""
        if seconds > QUICK_SECONDS:
            self._quick_calls_left = max(self._quick_calls_left, QUICK_CALLS if self.handler else 1)
        else:
            self._quick_calls_left -= 1
            self.is_slow = self._quick_calls_left > 0

    def invoke(self, event, params):
        if not self._names and not self._takes_all:
            return self.handler(event) if self._takes_event else self.handler()
        positional = [event] if self._takes_event else []
        named = dict(params) if self._takes_all else {}
        for name, is_positional, is_required in self._names:
            if name in params:
                value = params[name]
            elif name == 'params':
                value = params
            elif name == 'event':
                value = event
            elif is_required:
                raise ParameterMissing(self._to_missing(name, params))
            else:
                # positional ones after it have defaults too
                continue
            if is_positional:
                positional.append(value)
                named.pop(name, None)
            else:
                named[name] = value
        return self.handler(*positional, **named)

    def _read_parameters(self, handler):
        try:
            parameters = list(inspect.signature(handler).parameters.values())
        except (TypeError, ValueError):
            # something built in, that does not say: give it the event
            parameters = []
            self._takes_event, self._names, self._takes_all = True, (), False
            return
        by_place = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
        has_rest = any(one.kind is one.VAR_POSITIONAL for one in parameters)
        self._takes_event = bool(by_place) or has_rest
        self._takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters)
        others = by_place[1:] + [one for one in parameters if one.kind is one.KEYWORD_ONLY]
        self._names = tuple((one.name, one.kind is one.POSITIONAL_ONLY, one.default is one.empty) for one in others)

    def _to_missing(self, name, params):
        has = ', '.join(params) if params else 'none'
        return f'the handler wants the parameter "{name}", which the route does not have (it has: {has})'


def find_handler(module, wanted):
    names = [wanted] if wanted else ['handler', 'main']
    for name in names:
        handler = getattr(module, name, None)
        if callable(handler):
            return handler
    raise HandlerMissing(f'the file has no function {" or ".join(names)}')
