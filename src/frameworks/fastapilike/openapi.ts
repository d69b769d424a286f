/** What the application says of itself: an OpenAPI 3.1 document from the declared operations, and a page that shows it. */
import type { TSchema } from '@sinclair/typebox';
import { isOptional, type Schemas } from './parameters.ts';

/** What an operation declares. */
export interface OperationFacts {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly status: number;
  readonly parameters: readonly { readonly in: 'path' | 'query' | 'header'; readonly schemas: Schemas }[];
  readonly body: TSchema | undefined;
  readonly response: TSchema | undefined;
}

/** TypeBox marks its schemas with symbols; JSON has none, so what is left is plain JSON Schema. */
const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema)) as unknown;

/** The document, ready for JSON. */
export function openApi(info: { readonly title: string; readonly version: string }, operations: readonly OperationFacts[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const parameters = operation.parameters.flatMap(({ in: where, schemas }) =>
      Object.entries(schemas).map(([name, schema]) => ({ name: where === 'header' ? name.replaceAll('_', '-') : name, in: where, required: where === 'path' || !isOptional(schema), schema: plain(schema) })),
    );
    const validated = parameters.length > 0 || operation.body !== undefined;
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = {
      summary: operation.summary,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(operation.body ? { requestBody: { required: !isOptional(operation.body), content: { 'application/json': { schema: plain(operation.body) } } } } : {}),
      responses: {
        [operation.status]: { description: 'Success', ...(operation.response ? { content: { 'application/json': { schema: plain(operation.response) } } } : {}) },
        ...(validated ? { 422: { description: 'A parameter is not as declared' } } : {}),
      },
    };
  }
  return { openapi: '3.1.0', info, paths };
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** `/docs`: the operations as a page without a script, so that it also shows where scripts are not allowed. */
export function docsPage(info: { readonly title: string; readonly version: string }, operations: readonly OperationFacts[]): string {
  const sections = operations.map((operation) => {
    const rows = operation.parameters.flatMap(({ in: where, schemas }) =>
      Object.entries(schemas).map(([name, schema]) => `<tr><td><code>${escape(name)}</code><td>${where}<td>${escape(String(schema.type ?? 'any'))}<td>${isOptional(schema) ? 'optional' : 'required'}<td>${escape(String(schema.description ?? ''))}`),
    );
    const table = rows.length > 0 ? `<table><tr><th>name<th>in<th>type<th><th>${rows.join('')}</table>` : '';
    const body = operation.body ? `<p>Body (JSON):<pre>${escape(JSON.stringify(plain(operation.body), null, 2))}</pre>` : '';
    return `<section><h2><b>${escape(operation.method)}</b> <code>${escape(operation.path)}</code></h2><p>${escape(operation.summary)}</p>${table}${body}</section>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>${escape(info.title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left}pre{background:#8881;padding:.8rem;overflow:auto}h2{font-size:1.1rem;margin-top:2rem}</style>
<h1>${escape(info.title)} <small>${escape(info.version)}</small></h1><p><a href="openapi.json">openapi.json</a></p>${sections.join('\n')}`;
}
