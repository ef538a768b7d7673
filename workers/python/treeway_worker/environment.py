"""os.environ as the running call must see it: the worker's own, and its function's fn.env.json over it."""

import os
from collections.abc import MutableMapping

from .call import CURRENT


class CallEnviron(MutableMapping):
    """Takes the place of os.environ. Outside of a call it is what it replaced."""

    def __init__(self, base):
        self._base = base

    def __getitem__(self, key):
        call = CURRENT.get()
        if call is not None and key in call.env:
            return call.env[key]
        return self._base[key]

    def __setitem__(self, key, value):
        call = CURRENT.get()
        if call is not None and key in call.env:
            call.env = {**call.env, key: str(value)}
        else:
            self._base[key] = value

    def __delitem__(self, key):
        call = CURRENT.get()
        if call is not None and key in call.env:
            call.env = {name: value for name, value in call.env.items() if name != key}
        else:
            del self._base[key]

    def __iter__(self):
        return iter(self.copy())

    def __len__(self):
        return len(self.copy())

    def __repr__(self):
        return f'environ({self.copy()!r})'

    def __or__(self, other):
        return {**self.copy(), **other}

    def copy(self):
        call = CURRENT.get()
        return {**self._base, **(call.env if call is not None else {})}


def install_environ():
    os.environ = CallEnviron(os.environ)
