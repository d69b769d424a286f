import { describe, expect, test } from 'vitest';
import { importedPackages } from '../../src/packages/imports.ts';
import { markerHolds, parseRequirement, parseRequirements } from '../../src/packages/requirement.ts';

const hash = 'AB'.repeat(32);

test.each([
  ['Flask', { name: 'flask', extras: [], specifier: '', marker: '', hashes: [] }],
  ['zope.interface_x >= 1, <2', { name: 'zope-interface-x', extras: [], specifier: '>= 1, <2', marker: '', hashes: [] }],
  ['uvicorn[standard, x_y]==0.3 ; python_version<"4"', { name: 'uvicorn', extras: ['standard', 'x-y'], specifier: '==0.3', marker: 'python_version<"4"', hashes: [] }],
  ['click (>=8.1.3)', { name: 'click', extras: [], specifier: '>=8.1.3', marker: '', hashes: [] }],
  [`six==1.0 --hash=sha256:${hash}`, { name: 'six', extras: [], specifier: '==1.0', marker: '', hashes: [hash.toLowerCase()] }],
])('%s', (line, expected) => {
  expect(parseRequirement(line)).toEqual(expected);
});

test.each(['', 'x @ https://example.org/x.whl', 'x=1', './x', 'x>=', 'x y'])('%j is no requirement', (line) => {
  expect(() => parseRequirement(line)).toThrow(SyntaxError);
});

test('requirements.txt: comments, empty lines, lines that go on, and where it is wrong', () => {
  expect(parseRequirements(`# comment\n\nflask # why\nsix==1.0 \\\n  --hash=sha256:${hash}\n`).map(({ name, hashes }) => [name, hashes.length])).toEqual([['flask', 0], ['six', 1]]);
  expect(() => parseRequirements('flask\n\nx==\n')).toThrow(/^line 3: /);
  expect(() => parseRequirements('-r other.txt')).toThrow(/^line 1: '-r other\.txt': options/);
});

describe('a marker', () => {
  const environment = { python_version: '3.14', python_full_version: '3.14.2', sys_platform: 'emscripten', os_name: 'posix', extra: 'async' };
  test.each([
    ['', true], ['python_version >= "3.9"', true], ['python_version < "3.10"', false], ["sys_platform == 'win32'", false], ['extra == "async"', true],
    ['extra == "dotenv"', false], ['python_version < "3" or os_name == "posix" and sys_platform != "win32"', true], ['(python_version < "3" or os_name == "posix") and sys_platform == "win32"', false],
    ['sys_platform in "linux emscripten"', true], ['sys_platform not in "linux darwin"', true],
  ])('%s: %s', (marker, expected) => {

    expect(markerHolds(marker, environment)).toBe(expected);
  });

  test.each(['python_version', 'python_version >=', '(os_name == "posix"', 'os_name == "posix" os_name'])('%s is none', (marker) => {
    expect(() => markerHolds(marker, environment)).toThrow(SyntaxError);
  });
});

test('imports: what is neither Python\'s nor the snippet\'s', () => {
  expect(importedPackages({
    'app.py': '"""\nimport shown\n"""\nimport os, flask as f, helper\nfrom PIL.Image import open\nfrom . import x\nfrom shop.web import y\ntry:\n    import yaml\nexcept ImportError: pass\nimportant = 1\n# import nothing\n',
    'helper.py': 'from flask import Flask', 'shop/__init__.py': '', 'readme.txt': 'import me',
  }).map(({ name }) => name)).toEqual(['flask', 'pillow', 'pyyaml']);
});
