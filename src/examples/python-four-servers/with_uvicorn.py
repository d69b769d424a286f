import uvicorn

from app import app

# An ASGI server: between it and the application stands its adapter.
print('uvicorn at port 8003')
uvicorn.run(app, interface='wsgi', host='127.0.0.1', port=8003)
