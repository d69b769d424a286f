export * from './api/wsgi.ts';
