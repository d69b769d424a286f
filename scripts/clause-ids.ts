/** Ids of rules as they stand in code and in headings: document, section, rule. `RFC9112-2.2-3`, `RFC6455-5.5.1-REPLY`, `PEP3333-…`. */
export const clausePattern = /\b(?:RFC\d{4}|PEP3333|ASGI\d?(?:\.\d)*|WSGI)-[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Z]+(?:[-.][0-9A-Z]+)*)?/g;
