export * from '../api/frameworks/flasklike.ts';
