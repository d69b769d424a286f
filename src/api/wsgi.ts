/**
 * `porthole/wsgi`: WSGI (PEP 3333) for JavaScript.
 */
export { dispatcher } from '../gateway/wsgi/middleware/dispatcher.ts';
export { proxyFix, type ProxyFixOptions } from '../gateway/wsgi/middleware/proxy-fix.ts';
export { timing } from '../gateway/wsgi/middleware/timing.ts';
export { validate, type ValidateOptions } from '../gateway/wsgi/validate.ts';
export { WsgiViolation } from '../gateway/errors.ts';
export type { ExcInfo, FileWrapper, StartResponse, WsgiApp, WsgiEnviron, WsgiErrors, WsgiHeaders, WsgiInput, WsgiWrite } from '../gateway/wsgi/types.ts';
