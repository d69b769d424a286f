/**
 * Which function answers this path? The part of Flask that is really Werkzeug's `routing.Map`.
 *
 * A rule such as `/post/<int:id>` becomes a regular expression once, when it is added; matching a request is then trying the
 * rules in order, the more specific first.
 */
/** Values taken from the path, by name. */
export type Params = Record<string, string | number>;
/** What became of a path and method. */
export type Match = {
    readonly kind: 'found';
    readonly endpoint: string;
    readonly params: Params;
    readonly rule: string;
} | {
    readonly kind: 'redirect';
    readonly path: string;
} | {
    readonly kind: 'method not allowed';
    readonly allow: readonly string[];
} | {
    readonly kind: 'not found';
};
/** An ordered set of rules. */
export declare class Router {
    #private;
    /** Add a rule. GET brings HEAD with it, and every rule answers OPTIONS, as in Flask. */
    add(text: string, endpoint: string, methods: readonly string[]): void;
    match(path: string, method: string): Match;
    /** Every method that some rule for this path allows: what an automatic OPTIONS answers. */
    allowed(path: string): string[];
    /** The path of an endpoint. Values without a place in the rule become the query. */
    build(endpoint: string, values: Params): string;
}
