/**
 * The rules of ASGI 3.0 (HTTP & WebSocket message format 2.5, lifespan 2.0, and the extensions offered) by an id that can be
 * searched for: a section, and a number within it. The specifications number nothing; the words are ours, close to theirs.
 */
export declare const sections: {
    readonly app: 'ASGI Specification: Applications';
    readonly scope: 'HTTP Connection Scope';
    readonly request: 'Request - receive event';
    readonly start: 'Response Start - send event';
    readonly body: 'Response Body - send event';
    readonly gone: 'Disconnected Client - send exception';
    readonly disconnect: 'Disconnect - receive event';
    readonly lifespan: 'Lifespan Protocol 2.0';
    readonly trailers: 'Extensions: HTTP Trailers';
    readonly hints: 'Extensions: Early Hints';
    readonly 'ws.scope': 'WebSocket Connection Scope';
    readonly 'ws.connect': 'Connect - receive event';
    readonly 'ws.accept': 'Accept - send event';
    readonly 'ws.receive': 'Receive - receive event';
    readonly 'ws.send': 'Send - send event';
    readonly 'ws.disconnect': 'Disconnect - receive event (WebSocket)';
    readonly 'ws.gone': 'Disconnected Client - send exception (WebSocket)';
    readonly 'ws.close': 'Close - send event';
    readonly 'ws.denial': 'Extensions: WebSocket Denial Response';
};
/** Id to rule. */
export declare const clauses: {
    readonly 'ASGI-app-1': 'The application is a single awaitable callable: app(scope, receive, send).';
    readonly 'ASGI-app-2': 'Messages are dictionaries with a "type" of Unicode text.';
    readonly 'ASGI-app-3': 'A message that is not expected in the present state is an error.';
    readonly 'ASGI-app-4': 'An exception that leaves the application ends the connection; the server logs it.';
    readonly 'ASGI-scope-1': 'One scope per request; type is "http".';
    readonly 'ASGI-scope-2': 'http_version is "1.0" or "1.1"; method is upper-case as received; scheme is not empty.';
    readonly 'ASGI-scope-3': 'path excludes the query, with percent-encoding and UTF-8 decoded; raw_path is the path as received.';
    readonly 'ASGI-scope-4': 'query_string is what follows the "?", percent-encoded, as bytes.';
    readonly 'ASGI-scope-5': 'root_path is the path that the application is mounted at.';
    readonly 'ASGI-scope-6': 'headers keep order and duplicates; names are in lower case.';
    readonly 'ASGI-scope-7': 'client and server are [host, port]; a Unix socket is [path, None].';
    readonly 'ASGI-scope-8': 'state is a shallow copy of the lifespan\'s state.';
    readonly 'ASGI-request-1': 'http.request carries content, decoded from chunks; more_body says whether more follows.';
    readonly 'ASGI-request-2': 'The last http.request has more_body false, even if it is empty.';
    readonly 'ASGI-start-1': 'http.response.start comes first, once, and is followed by at least one body message.';
    readonly 'ASGI-start-2': 'status is an integer.';
    readonly 'ASGI-start-3': 'headers is an iterable of pairs of byte strings, with names in lower case and no pseudo headers.';
    readonly 'ASGI-start-4': 'The server must ignore a Transfer-Encoding header and may use chunked where there is no Content-Length.';
    readonly 'ASGI-start-5': 'The server need not send the head before the first body message.';
    readonly 'ASGI-start-6': 'With trailers true, the server waits for http.response.trailers after the body.';
    readonly 'ASGI-body-1': 'body is a byte string, empty if missing; more_body is a boolean, false if missing.';
    readonly 'ASGI-body-2': 'Data is passed on before send returns.';
    readonly 'ASGI-body-3': 'A message with more_body false completes the response; the application must send one.';
    readonly 'ASGI-body-4': 'The content has the length that Content-Length announces.';
    readonly 'ASGI-gone-1': 'send() on a closed connection raises.';
    readonly 'ASGI-gone-2': 'That exception, coming back, is not logged as an error.';
    readonly 'ASGI-disconnect-1': 'receive() gives http.disconnect after the response was sent or the connection closed.';
    readonly 'ASGI-lifespan-1': 'An exception before startup is complete means that the application has no lifespan; the server goes on.';
    readonly 'ASGI-lifespan-2': 'The server waits for lifespan.startup.complete before it processes connections.';
    readonly 'ASGI-lifespan-3': 'On lifespan.startup.failed the server logs the message and exits.';
    readonly 'ASGI-lifespan-4': 'lifespan.shutdown is sent when connections are closed; the server waits for the answer.';
    readonly 'ASGI-lifespan-5': 'state is an empty namespace; each request gets a shallow copy.';
    readonly 'ASGI-trailers-1': 'Trailers are sent only if announced in http.response.start, after the body.';
    readonly 'ASGI-trailers-2': 'The server sends trailers only if the client said "TE: trailers".';
    readonly 'ASGI-hints-1': 'http.response.early_hint comes before the end of the body; its links are byte strings.';
    readonly 'ASGI-ws.scope-1': 'One scope per WebSocket; type is "websocket", scheme is "ws" or "wss"; otherwise as for http, without a method.';
    readonly 'ASGI-ws.scope-2': 'subprotocols are those that the client advertised, in order.';
    readonly 'ASGI-ws.scope-3': 'The scope lives as long as the socket: if the application ends, the socket is closed, and vice versa.';
    readonly 'ASGI-ws.connect-1': 'websocket.connect is sent during the handshake, which is not completed before the application answers.';
    readonly 'ASGI-ws.connect-2': 'It is answered with accept or close; no message is passed before that.';
    readonly 'ASGI-ws.accept-1': 'websocket.accept completes the handshake, once.';
    readonly 'ASGI-ws.accept-2': 'subprotocol is None or one of those that the client advertised (RFC 6455 §4.2.2).';
    readonly 'ASGI-ws.accept-3': 'headers are pairs of byte strings, in order, in lower case, without sec-websocket-protocol and pseudo headers.';
    readonly 'ASGI-ws.receive-1': 'websocket.receive carries a whole message: bytes if it was binary, text if it was text.';
    readonly 'ASGI-ws.receive-2': 'The server handles PING, PONG and fragmentation itself.';
    readonly 'ASGI-ws.send-1': 'Exactly one of bytes and text is not None.';
    readonly 'ASGI-ws.send-2': 'bytes is a byte string, text a Unicode string.';
    readonly 'ASGI-ws.disconnect-1': 'websocket.disconnect follows the loss of the connection, whoever closed it, with the close code.';
    readonly 'ASGI-ws.disconnect-2': 'Without a code in the client\'s Close frame the code is 1005; without a Close frame 1006 (RFC 6455 §7.1.5).';
    readonly 'ASGI-ws.disconnect-3': 'reason is the reason given, or an empty string.';
    readonly 'ASGI-ws.gone-1': 'send() on a closed connection raises.';
    readonly 'ASGI-ws.gone-2': 'That exception, coming back, is not logged as an error.';
    readonly 'ASGI-ws.close-1': 'Before accept, websocket.close is answered with 403, and the handshake is not completed.';
    readonly 'ASGI-ws.close-2': 'After accept the socket is closed with the code given, 1000 if there is none.';
    readonly 'ASGI-ws.close-3': 'reason is a string, empty if missing or None; on the wire it has at most 123 octets (RFC 6455 §5.5).';
    readonly 'ASGI-ws.denial-1': 'websocket.http.response.start and body, as in http, deny the WebSocket with a response of the application\'s.';
    readonly 'ASGI-ws.denial-2': 'No other websocket message may follow them; the connection is closed after the response.';
};
/** Id of a rule of ASGI. */
export type AsgiClause = keyof typeof clauses;
