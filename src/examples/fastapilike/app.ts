import { FastApi, HttpException, Type }
  from 'porthole/frameworks/fastapilike';

const Item = Type.Object({
  name: Type.String({ minLength: 1 }),
  price: Type.Number({ exclusiveMinimum: 0 }),
});

// Itself an ASGI application: app(scope, receive, send).
export const app = new FastApi({
  title: 'Shop',
  // Startup, what requests share, shutdown.
  async *lifespan() {
    yield { stock: new Map([[1, { name: 'tea', price: 4.5 }]]) };
    console.log('the shop is closed');
  },
});

type Stock = Map<number, { name: string; price: number }>;
const stock = ({ state }: { state: Record<string, unknown> }): Stock =>
  state['stock'] as Stock;

app.get('/items/{id}', {
  path: { id: Type.Integer() },
  query: { discount: Type.Number({ default: 0, minimum: 0, maximum: 1 }) },
  depends: { stock },
}, function readItem({ path, query, depends }) {
  const item = depends.stock.get(path.id);
  if (!item) throw new HttpException(404, 'Not in stock');
  return { ...item, price: item.price * (1 - query.discount) };
});

app.post('/items', { body: Item, depends: { stock }, status: 201 },
  function addItem({ body, depends, background }) {
    const id = depends.stock.size + 1;
    depends.stock.set(id, body);
    background.add(() => console.log(`added ${body.name}`));
    return { id, ...body };
  });
