export * from './api/socket.ts';
