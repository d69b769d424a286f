export * from './gateway/wsgi/types.ts';
