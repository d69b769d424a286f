"""Starlette is an ASGI application: lifespan, streams, WebSockets."""

import asyncio
import contextlib

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute


@contextlib.asynccontextmanager
async def lifespan(app):
    yield {'greeting': 'Hello'}


async def hello(request):
    name = request.path_params['name']
    return PlainTextResponse(f'{request.state.greeting}, {name}!\n')


async def parts():
    for word in ('one', 'two', 'three'):
        yield word + '\n'
        await asyncio.sleep(0.05)


async def count(request):
    return StreamingResponse(parts(), media_type='text/plain')


async def echo(websocket):
    await websocket.accept()
    async for message in websocket.iter_text():
        await websocket.send_text(message.upper())


routes = [
    Route('/hello/{name}', hello),
    Route('/count', count),
    WebSocketRoute('/echo', echo),
]
app = Starlette(routes=routes, lifespan=lifespan)
