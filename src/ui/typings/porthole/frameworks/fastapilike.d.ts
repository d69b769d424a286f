export * from '../api/frameworks/fastapilike.ts';
