import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyKindOf, jsonProblem, prettyJson, readMultipart, readPairs, withBodyKind, withFile, withPairs, withParts, type BodyKind } from '../../src/playground/request-body.ts';
import { encodeText, formToRaw, parseForm, type RequestForm } from '../../src/playground/request-form.ts';

const post = (type: string, body: string): RequestForm => {
  const parsed = parseForm(`POST / HTTP/1.1\r\nHost: a\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${body.length}\r\n\r\n${body}`);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.form;
};

describe('as what a body is shown', () => {
  test.each<readonly [string, string, BodyKind]>([
    ['', 'hello', 'text'],
    ['text/html', '<p>', 'text'],
    ['application/json; charset=utf-8', '{}', 'json'],
    ['application/problem+json', '{}', 'json'],
    ['application/json', '\xff', 'file'],
    ['application/x-www-form-urlencoded', 'a=1&b=%C3%A9', 'form'],
    ['application/x-www-form-urlencoded', 'a=%FF', 'text'],
    ['application/octet-stream', 'abc', 'file'],
    ['image/png', '\x89PNG', 'file'],
    ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n', 'multipart'],
    ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="a"\r\nX-Other: 1\r\n\r\n1\r\n--b--\r\n', 'file'],
    ['multipart/form-data; boundary=c', '--b\r\n\r\n--b--\r\n', 'file'],
  ])('%j with %j: %s', (type, body, kind) => {
    expect(bodyKindOf(post(type, body))).toBe(kind);
  });
});

test('pairs that were written are read, whatever is in them', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(fc.property(fc.array(fc.record({ name: text, value: text }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 }), (pairs) => {
    const form = withPairs(post('', ''), pairs);
    expect(readPairs(form.body)).toEqual(pairs);
    // As every server reads it.
    expect([...new URLSearchParams(form.body)]).toEqual(pairs.map(({ name, value }) => [name, value]));
  }));
});

test('parts that were written are read, octets included', () => {
  const octets = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 });
  const name = fc.string({ maxLength: 12 }).filter((text) => !text.includes('%'));
  fc.assert(fc.property(fc.array(fc.record({ name, value: octets }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 }), (parts) => {
    expect(readMultipart(withParts(post('', ''), parts))).toEqual(parts);
  }));
});

test('a multipart body is what the platform makes of it too', async () => {
  const form = withParts(post('', ''), [{ name: 'title', value: encodeText('é') }, { name: 'file', value: '\x00\xff', type: 'image/x', filename: 'a.bin' }]);
  const type = form.fields.find((field) => field.name === 'Content-Type')!.value;
  const data = await new Response(Buffer.from(form.body, 'latin1'), { headers: { 'Content-Type': type } }).formData();
  expect(data.get('title')).toBe('é');
  const file = data.get('file') as File;
  expect([file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]]).toEqual(['a.bin', 'image/x', [0, 255]]);
});

describe('from one kind to another', () => {
  test('fields of a form become parts, and JSON', () => {
    const form = withPairs(post('', ''), [{ name: 'é', value: '1 2' }]);
    expect(readMultipart(withBodyKind(form, 'multipart'))).toEqual([{ name: encodeText('é'), value: '1 2' }]);
    expect(readPairs(withBodyKind(withBodyKind(form, 'multipart'), 'form').body)).toEqual([{ name: 'é', value: '1 2' }]);
    expect(withBodyKind(form, 'json').body).toBe(encodeText('{\n  "é": "1 2"\n}'));
  });

  test('Content-Type and Content-Length follow', () => {
    const raw = formToRaw(withBodyKind(post('text/plain', '{"a":1}'), 'json'));
    expect(raw).toContain('Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}');
    expect(formToRaw(withFile(post('', ''), Uint8Array.of(0, 255), ''))).toContain('Content-Length: 2\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xff');
  });
});

test('JSON is checked and set in order', () => {
  expect([jsonProblem('{}'), prettyJson('{"a":[1]}'), prettyJson('{')]).toEqual(['', '{\n  "a": [\n    1\n  ]\n}', '{']);
  expect(jsonProblem('{')).not.toBe('');
});
