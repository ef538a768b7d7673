"""One call on its way through the worker."""

import base64
from contextvars import ContextVar


class Call:
    __slots__ = (
        'id',
        'function',
        'event',
        'params',
        'parts',
        'env',
        'context',
        'lines',
        'task',
        'is_cancelled',
        'ahead',
        'room',
        'request_id',
    )

    def __init__(self, id, function, event, params):
        self.id = id
        self.function = function
        self.event = event
        self.params = params
        # pieces of a body that has not come whole
        self.parts = None
        # of its function; a call that changes one of these variables gets its own copy
        self.env = function.env
        self.context = None
        # stream -> the beginning of a line that was printed
        self.lines = None
        self.task = None
        self.is_cancelled = False
        # bytes of a streamed answer beyond the acks
        self.ahead = 0
        # how to wake whoever waits for acks
        self.room = None
        self.request_id = event.get('id')


# the call that the running code belongs to: prints and os.environ depend on it
CURRENT = ContextVar('treeway_call', default=None)


def complete_event(call, body):
    """Adds what the worker adds: params, env, body."""
    event = call.event
    if 'params' not in event:
        event['params'] = call.params
    if 'path_params' not in event:
        event['path_params'] = call.params
    event['env'] = dict(call.function.env)
    if body:
        try:
            event['body'] = body.decode()
        except UnicodeDecodeError:
            event['body'] = base64.b64encode(body).decode()
            event['is_base64'] = True
