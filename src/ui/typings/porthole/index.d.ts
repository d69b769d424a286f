export * from './gateway/wsgi/types.ts';
export * from './gateway/asgi/types.ts';
