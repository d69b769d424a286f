import type { SourceSite } from '../trace/events.ts';
/** What is known of a broken contract between gateway and application. */
export interface ViolationInit {
    /** Stable, kebab-case: `start-response-twice`. */
    readonly code: string;
    /** Section of PEP 3333 or of the ASGI specification. */
    readonly clause: string;
    readonly message: string;
    readonly advice: string;
    readonly site?: SourceSite | undefined;
}
declare abstract class Violation extends TypeError {
    readonly code: string;
    readonly clause: string;
    readonly advice: string;
    /** The app's line, where it could be read off the stack. */
    readonly site: SourceSite | undefined;
    constructor(facts: ViolationInit);
}
/** The application broke PEP 3333. Thrown into the application at the call that broke it. */
export declare class WsgiViolation extends Violation {
    readonly name = "WsgiViolation";
}
/** The application broke ASGI. */
export declare class AsgiViolation extends Violation {
    readonly name = "AsgiViolation";
}
/** The client is gone: what `send()` rejects with and what ends a WSGI iteration early. */
export declare class ClientDisconnected extends Error {
    readonly name = "ClientDisconnected";
    constructor();
}
export {};
