export * from './api/process.ts';
