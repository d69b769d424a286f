export type * from './api/wsgi.ts';
export type * from './api/asgi.ts';
