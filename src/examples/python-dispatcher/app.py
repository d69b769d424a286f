"""Middleware is an application that calls another: here one of two."""

from flask import Flask, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

shop = Flask('shop')
blog = Flask('blog')


@shop.get('/')
def shelf():
    return f'shop: {request.script_root} + {request.path}\n'


@blog.get('/<int:year>')
def posts(year):
    return f'blog: {request.script_root} + {request.path}\n'


# What it takes off PATH_INFO it puts onto SCRIPT_NAME: each app sees its
# own root.
app = DispatcherMiddleware(shop, {'/blog': blog})
