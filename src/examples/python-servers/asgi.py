"""uvicorn, the ASGI server: python asgi.py"""

import uvicorn


async def app(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError(scope['type'])
    headers = [(b'content-type', b'text/plain')]
    start = {'type': 'http.response.start', 'status': 200}
    await send({**start, 'headers': headers})
    for text in ('asgi ', scope['path'], '\n'):
        more = {'type': 'http.response.body', 'more_body': True}
        await send({**more, 'body': text.encode()})
    await send({'type': 'http.response.body'})


if __name__ == '__main__':
    uvicorn.run(app, port=8000, lifespan='off')
