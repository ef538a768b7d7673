from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


async def hello(request):
    return JSONResponse({"hello": "world"})


async def echo(request):
    order = await request.json()
    return JSONResponse(order if is_order(order) else {"error": "no order"}, 200 if is_order(order) else 400)


def is_order(value):
    if not isinstance(value, dict):
        return False
    if not isinstance(value.get("id"), int) or not isinstance(value.get("name"), str):
        return False
    return is_texts(value.get("tags")) and is_texts(value.get("notes"))


def is_texts(value):
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


app = Starlette(routes=[Route("/hello", hello), Route("/echo", echo, methods=["POST"])])
