/**
 * `porthole/frameworks/fastapilike`: a small framework over ASGI, in the manner of FastAPI. docs/frameworks.md relates the parts.
 * `Type` is TypeBox's, so that schemas can be written without another import.
 */
export { Type, type Static, type TSchema } from '@sinclair/typebox';
export { BackgroundTasks, FastApi, type Arguments, type Declaration, type Dependency, type FastApiOptions } from '../../frameworks/fastapilike/app.ts';
export { ValidationError, type Complaint } from '../../frameworks/fastapilike/parameters.ts';
export { Request } from '../../frameworks/fastapilike/request.ts';
export { html, HttpException, json, Response } from '../../frameworks/fastapilike/response.ts';
export { WebSocket, WebSocketDisconnect } from '../../frameworks/fastapilike/websocket.ts';
