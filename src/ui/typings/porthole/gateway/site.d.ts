/**
 * Which line of the app made this call? Read off the stack at a boundary (`startResponse`, `write`, `wsgi.input.read`, `receive`,
 * `send`), and only where somebody traces: an `Error` with its stack costs microseconds.
 *
 * What cannot be had from a stack: the line of a `yield`. When the gateway calls `next()`, the generator's frame is not on the
 * stack before it runs and is gone when it has yielded; no engine tells where a suspended generator stands (`throw`ing into
 * it would tell, and would change what the app does). Whoever compiles the app can make it say so: {@link SiteReader.gave}; the
 * playground does (`runner/gifts.ts`). Elsewhere, `app.body` events of kind `yield` have no site. An error that leaves a generator
 * does have its line, from its own stack.
 */
import type { SourceSite } from '../trace/events.ts';
/** One line of a stack, as the engine names it. */
export interface Frame {
    /** URL or path, as in the stack. */
    readonly file: string;
    readonly line: number;
    readonly column: number;
    /** What the engine calls the function, receiver and all (`async Object.app [as run]`, `app/<`); '' at the top level and for nameless ones. */
    readonly name: string;
}
/**
 * Is this file the app's? Returns the name to show (a path within the project, say), or undefined for files of the
 * runtime, whose frames are skipped.
 */
export type IsAppFile = (file: string) => string | undefined;
/** Finds the app on stacks. */
export interface SiteReader {
    /** The innermost frame of the app on the stack right now. */
    here(): SourceSite | undefined;
    /** The innermost frame of the app in an error's stack. */
    of(error: unknown): SourceSite | undefined;
    /** Where the app gave this value away, with `yield` or `return`, if it has just done so. Missing: nobody can tell. */
    gave?(value: unknown): SourceSite | undefined;
}
/** Looks for nothing: what is used when nobody traces. */
export declare const noSites: SiteReader;
/** Sites by `isAppFile`. */
export declare function siteReader(isAppFile: IsAppFile): SiteReader;
/**
 * Frames of a stack, innermost first. V8 (`    at name (file:line:column)`) and SpiderMonkey or JavaScriptCore
 * (`name@file:line:column`). Lines without a place (native code) are left out.
 */
export declare function parseStack(stack: string): Frame[];
/**
 * The app is every file but those of this package, of the engine, and of other packages. In the repository our code is
 * recognised by its folders (`src/examples` is app code); when bundled, by the folder of the bundle.
 */
export declare function outsideRuntime(file: string): string | undefined;
