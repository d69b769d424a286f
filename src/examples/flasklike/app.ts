import { abort, Flask, jsonify, request }
  from 'porthole/frameworks/flasklike';

const books = new Map([[1, 'The Little Prince']]);

// Itself a WSGI application: app(environ, startResponse).
export const app = new Flask();

app.route('/hello/<name>')(function hello({ name }) {
  return `Hello, ${name}!\n`;
});

app.route('/books/<int:id>')(function book({ id }) {
  const title = books.get(Number(id)) ?? abort(404, `No book ${id}.`);
  return jsonify({ id, title });
});

app.route('/books', { methods: ['POST'] })(function addBook() {
  const { title } = request.json as { title: string };
  const id = books.size + 1;
  books.set(id, title);
  return [{ id, title }, 201, { Location: app.urlFor('book', { id }) }];
});

app.afterRequest((response) => response.set('X-Framework', 'flasklike'));

app.errorHandler(404)((error) => jsonify({ error: error.message }));
