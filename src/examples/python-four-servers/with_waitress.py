from waitress import serve

from app import app

# Reads a request whole, then has a thread call the application.
print('waitress at port 8002')
serve(app, host='127.0.0.1', port=8002, threads=2)
