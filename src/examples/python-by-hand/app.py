"""Flask does not know who serves it."""

from flask import Flask, request

app = Flask(__name__)


@app.get('/')
def index():
    return f'Hello from Flask, {request.args.get("name", "you")}!\n'


@app.post('/shout')
def shout():
    return request.form['text'].upper() + '\n'
