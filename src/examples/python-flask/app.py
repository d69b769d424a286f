"""Flask is a WSGI application: an object that the server calls."""

from flask import Flask, abort, render_template, request

app = Flask(__name__)
books = {1: 'Flatland', 2: 'Middlemarch'}


@app.get('/')
def index():
    return render_template('books.html', books=books)


@app.get('/books/<int:number>')
def book(number):
    return books.get(number) or abort(404, f'There is no book {number}.')


@app.post('/books')
def add():
    number = max(books) + 1
    books[number] = request.form['title']
    return {'number': number, 'title': books[number]}, 201
