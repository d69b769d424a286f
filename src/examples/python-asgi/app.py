"""ASGI by hand: a lifespan, and a response while the client waits."""

import asyncio


async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        return await lifespan(scope, receive, send)
    scope['state']['visits'].append(scope['path'])
    await send({
        'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8')],
    })
    part = {'type': 'http.response.body', 'more_body': True}
    for number in range(3, 0, -1):
        await send(part | {'body': f'{number}…\n'.encode()})
        await asyncio.sleep(0.05)
    count = len(scope['state']['visits'])
    last = b'%d so far\n' % count
    await send({'type': 'http.response.body', 'body': last})


async def lifespan(scope, receive, send):
    while True:
        event = await receive()
        if event['type'] == 'lifespan.startup':
            # What is put in here is in the scope of every request.
            scope['state']['visits'] = []
        await send({'type': event['type'] + '.complete'})
        if event['type'] == 'lifespan.shutdown':
            return
