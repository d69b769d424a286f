import { type SiteReader } from '../site.ts';
import { WsgiViolation } from '../errors.ts';
import type { WsgiApp } from './types.ts';
/** How violations are told. */
export interface ValidateOptions {
    /** Called with each violation; the call goes on. Without it, the violation is thrown where it happens. */
    readonly report?: (violation: WsgiViolation) => void;
    /** Finds the app's lines. Default: the first frame outside this package. */
    readonly sites?: SiteReader;
}
/** Wrap an application. */
export declare function validate(app: WsgiApp, options?: ValidateOptions): WsgiApp;
