/**
 * The rules of PEP 3333 by an id that can be searched for: a section, and a number within it. The PEP numbers nothing
 * itself; the words are ours, close to its own. Each has at least one case in `test/cases/wsgi/` or a test named after it.
 */
export declare const sections: {
    readonly app: 'The Application/Framework Side';
    readonly details: 'Specification Details';
    readonly environ: 'environ Variables';
    readonly streams: 'Input and Error Streams';
    readonly start: 'The start_response() Callable';
    readonly length: 'Handling the Content-Length Header';
    readonly streaming: 'Buffering and Streaming';
    readonly blocks: 'Middleware Handling of Block Boundaries';
    readonly write: 'The write() Callable';
    readonly unicode: 'Unicode Issues';
    readonly errors: 'Error Handling';
    readonly expect: 'HTTP 1.1 Expect/Continue';
    readonly http: 'Other HTTP Features';
    readonly file: 'Optional Platform-Specific File Handling';
};
/** Id to rule. */
export declare const clauses: {
    readonly 'PEP3333-details-1': 'The application is invoked with two positional arguments.';
    readonly 'PEP3333-details-2': 'environ must be a builtin dictionary: a plain object, which the application may modify.';
    readonly 'PEP3333-details-3': 'start_response is invoked with positional arguments: status, headers and, optionally, exc_info.';
    readonly 'PEP3333-details-4': 'start_response must return a write(body_data) callable.';
    readonly 'PEP3333-details-5': 'The application must return an iterable yielding zero or more bytestrings.';
    readonly 'PEP3333-details-6': 'The server must transmit each bytestring before requesting another.';
    readonly 'PEP3333-details-7': 'A length that the iterable gives must be accurate.';
    readonly 'PEP3333-details-8': 'The server must call close() upon completion of the request: in order, after an error, or when the client has gone.';
    readonly 'PEP3333-details-9': 'Applications should not assume that their iterator is consumed to its end.';
    readonly 'PEP3333-details-10': 'start_response must be invoked before the iterable yields its first body bytestring; it may be within the first iteration.';
    readonly 'PEP3333-environ-1': 'REQUEST_METHOD can never be empty and is always required.';
    readonly 'PEP3333-environ-2': 'SCRIPT_NAME is the initial portion of the path that corresponds to the application; it may be empty.';
    readonly 'PEP3333-environ-3': 'PATH_INFO is the remainder of the path; it may be empty.';
    readonly 'PEP3333-environ-4': 'QUERY_STRING is what follows the "?"; it may be empty or absent.';
    readonly 'PEP3333-environ-5': 'CONTENT_TYPE and CONTENT_LENGTH are the contents of those fields.';
    readonly 'PEP3333-environ-6': 'SERVER_NAME and SERVER_PORT are required strings and must never be empty.';
    readonly 'PEP3333-environ-7': 'SERVER_PROTOCOL is the version that the client used.';
    readonly 'PEP3333-environ-8': 'HTTP_ variables correspond to the fields of the request, present or absent as they are.';
    readonly 'PEP3333-environ-9': 'CGI variables must be native strings.';
    readonly 'PEP3333-environ-10': 'wsgi.version, wsgi.url_scheme, wsgi.input, wsgi.errors, wsgi.multithread, wsgi.multiprocess and wsgi.run_once must be present.';
    readonly 'PEP3333-environ-11': 'Server-defined variables have lower-case names with a prefix of their own.';
    readonly 'PEP3333-streams-1': 'read(size), readline(), readlines(hint) and iteration must be supported by wsgi.input.';
    readonly 'PEP3333-streams-2': 'The server should simulate an end of file at the end of the content.';
    readonly 'PEP3333-streams-3': 'read() without an argument should return the rest.';
    readonly 'PEP3333-streams-4': 'Reading an exhausted stream should return empty bytestrings.';
    readonly 'PEP3333-streams-5': 'readline should support a size.';
    readonly 'PEP3333-streams-6': 'flush(), write(str) and writelines(seq) must be supported by wsgi.errors, and any Unicode accepted.';
    readonly 'PEP3333-streams-7': 'Applications must not use other methods of the streams, nor close them.';
    readonly 'PEP3333-start-1': 'status is a code and a reason phrase, separated by a single space, without surrounding whitespace.';
    readonly 'PEP3333-start-2': 'The status string must not contain control characters.';
    readonly 'PEP3333-start-3': 'The headers must be a list of (name, value) pairs.';
    readonly 'PEP3333-start-4': 'A header name must be a valid field name, without a colon or other punctuation.';
    readonly 'PEP3333-start-5': 'A header value must not include control characters.';
    readonly 'PEP3333-start-6': 'The server must add what HTTP requires and the application omits, such as Date and Server.';
    readonly 'PEP3333-start-7': 'Hop-by-hop headers are forbidden, and a fatal error.';
    readonly 'PEP3333-start-8': 'Headers should be checked when start_response is called.';
    readonly 'PEP3333-start-9': 'Headers must not be sent before the first non-empty bytestring, the first write(), or the end of the iterable.';
    readonly 'PEP3333-start-10': 'With exc_info, and before headers are sent, a second call replaces the first.';
    readonly 'PEP3333-start-11': 'With exc_info, and after headers are sent, start_response must raise, and should re-raise what exc_info holds.';
    readonly 'PEP3333-start-12': 'A second call without exc_info is a fatal error, also when the first one raised.';
    readonly 'PEP3333-length-1': 'The server should not transmit more bytes than Content-Length allows, and should stop iterating.';
    readonly 'PEP3333-length-2': 'write() past Content-Length should raise an error.';
    readonly 'PEP3333-length-3': 'If the application provides less than Content-Length, the server should close the connection and report it.';
    readonly 'PEP3333-length-4': 'Where the iterable has one element, the server can determine Content-Length.';
    readonly 'PEP3333-length-5': 'Chunked coding may be used with HTTP/1.1 clients; otherwise the connection is closed at the end.';
    readonly 'PEP3333-length-6': 'Applications must not apply a Transfer-Encoding.';
    readonly 'PEP3333-streaming-1': 'The transmission of a block must not be delayed.';
    readonly 'PEP3333-blocks-1': 'Middleware must yield at least one value each time its application yields one.';
    readonly 'PEP3333-write-1': 'Before write() returns, the bytestring must be sent or buffered for transmission.';
    readonly 'PEP3333-write-2': 'An application must return an iterable even if it uses write().';
    readonly 'PEP3333-write-3': 'What is yielded is transmitted after what was written; write() must not be invoked from within the iterable.';
    readonly 'PEP3333-unicode-1': 'Strings must contain only code points from U+0000 to U+00FF.';
    readonly 'PEP3333-unicode-2': 'What is written or yielded must be bytes.';
    readonly 'PEP3333-errors-1': 'Servers should trap and log an exception that aborts an application or its iteration.';
    readonly 'PEP3333-errors-2': 'An exception raised by start_response with exc_info must not be trapped by the application.';
    readonly 'PEP3333-expect-1': 'Servers must support "expect/continue" transparently.';
    readonly 'PEP3333-http-1': 'Servers must handle inbound hop-by-hop features themselves, such as decoding Transfer-Encoding.';
    readonly 'PEP3333-file-1': 'wsgi.file_wrapper takes a file and a block size and returns an iterable.';
    readonly 'PEP3333-file-2': 'If the file has a close() method, the wrapper must have one that invokes it.';
    readonly 'PEP3333-file-3': 'The server may transmit the file by the means of its platform, with the result that iterating would have.';
};
/** Id of a rule of PEP 3333. */
export type WsgiClause = keyof typeof clauses;
