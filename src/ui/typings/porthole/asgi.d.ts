export * from './gateway/asgi/types.ts';
