/**
 * `porthole/frameworks/flasklike`: a small framework over WSGI, in the manner of Flask. docs/frameworks.md relates the parts.
 */
export { Flask, request, type View } from '../../frameworks/flasklike/app.ts';
export { abort, HttpError } from '../../frameworks/flasklike/errors.ts';
export { MultiDict, Request } from '../../frameworks/flasklike/request.ts';
export { jsonify, makeResponse, redirect, Response, type ViewResult } from '../../frameworks/flasklike/response.ts';
export type { Params } from '../../frameworks/flasklike/routing.ts';
export { TestClient, type TestRequest, type TestResponse } from '../../frameworks/flasklike/testing.ts';
