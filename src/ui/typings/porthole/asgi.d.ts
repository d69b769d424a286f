export * from './api/asgi.ts';
