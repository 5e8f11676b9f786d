import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { ReportDiagnostic } from '../../src/report/report.ts';
import { root } from '../stories.ts';
import { EXAMPLE, EXAMPLE_SHOP } from './folder.ts';

const golden = join(root, 'fixtures/golden');

/** Diagnostics of lane files that the golden cases show. */
const shown = readdirSync(golden).flatMap((name) => {
  const file = join(golden, name, 'expected.json');
  const report = readdirSync(join(golden, name)).includes('expected.json')
    ? (JSON.parse(readFileSync(file, 'utf8')) as { diagnostics?: readonly ReportDiagnostic[] })
    : {};
  return (report.diagnostics ?? []).filter(({ code }) => code === 'lanes-invalid').map((diagnostic) => ({ name, ...diagnostic }));
});

/** One way in which the sources word a diagnostic. */
interface Form {
  readonly where: string;
  readonly text: string;
  readonly pattern: RegExp;
  /** Letters of ours: where several forms fit a message, the one that says most of it is meant. */
  readonly weight: number;
}

/** Functions that take a message, and at which position. */
const SINKS: ReadonlyMap<string, number> = new Map([
  ['#problems.add', 1],
  ['problems.add', 1],
  ['#wrong', 1],
  ['bad', 0],
  ['wrong', 0],
]);

/** Calls that hand on the message of a call above. */
const HANDED_ON = new Set(['message', 'fault.message']);

/** Worded for what the checks before do not let through; test/lanes/property.test.ts holds that the first never appears. */
const UNREACHED = new Set([
  'src/lanes/problems.ts: this is not understood',
  // The option --as may be empty; `as` of a test may not.
  'src/lanes/principal.ts: the principal is empty',
]);

function sinkOf(call: ts.CallExpression, source: ts.SourceFile): number | undefined {
  const { expression: callee } = call;
  if (ts.isIdentifier(callee)) return SINKS.get(callee.text);
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const name = callee.name.text;
  if (name !== 'add') return callee.expression.kind === ts.SyntaxKind.ThisKeyword ? SINKS.get(name) : undefined;
  const owner = callee.expression.getText(source).replace(/^this\./, '');
  // `problems.ts` adds to itself.
  return SINKS.get(`${owner}.add`) ?? (owner === 'this' && source.fileName.endsWith('problems.ts') ? 1 : undefined);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The forms of one message; null where it is none that is worded here. */
function formsOf(message: ts.Expression, source: ts.SourceFile): Form[] | null {
  if (ts.isConditionalExpression(message))
    return [message.whenTrue, message.whenFalse].flatMap((branch) => formsOf(branch, source) ?? []);
  const where = source.fileName;
  if (ts.isStringLiteralLike(message))
    return [{ where, text: message.text, pattern: new RegExp(`^${escaped(message.text)}$`), weight: message.text.length }];
  if (!ts.isTemplateExpression(message)) return null;
  let pattern = escaped(message.head.text);
  let weight = message.head.text.length;
  for (const span of message.templateSpans) {
    pattern += span.expression.getText(source).startsWith('quoted(') ? '`[^`]*`' : '.+';
    pattern += escaped(span.literal.text);
    weight += span.literal.text.length;
  }
  const text = message.getText(source).slice(1, -1).replaceAll('\\`', '`');
  return [{ where, text, pattern: new RegExp(`^${pattern}$`, 'u'), weight }];
}

const calls = { forms: 0, handedOn: 0 };
const forms: Form[] = [];
for (const name of readdirSync(join(root, 'src/lanes')).filter((file) => file.endsWith('.ts'))) {
  const file = `src/lanes/${name}`;
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    const position = ts.isCallExpression(node) ? sinkOf(node, source) : undefined;
    const message = position === undefined ? undefined : (node as ts.CallExpression).arguments[position];
    if (message !== undefined) {
      const found = formsOf(message, source);
      if (found !== null) forms.push(...found);
      else if (HANDED_ON.has(message.getText(source))) calls.handedOn += 1;
      else throw new Error(`${file}: ${message.getText(source)} is no message that this test can read`);
      calls.forms += found?.length ?? 0;
    }
    node.forEachChild(visit);
  };
  visit(source);
}

/** The form that a message most likely has. */
function formOf(message: string): Form | undefined {
  return forms.filter(({ pattern }) => pattern.test(message)).sort((a, b) => b.weight - a.weight)[0];
}

describe('diagnostics of the lane language', () => {
  it('are read from the sources', () => {
    expect(calls.forms).toBeGreaterThan(100);
    expect(calls.handedOn).toBeGreaterThanOrEqual(4);
    expect(shown.length).toBeGreaterThan(120);
  });

  it('each stand in a golden case', () => {
    // Several places may use the same words.
    const seen = new Set(shown.map(({ message }) => formOf(message)?.pattern.source));
    const missing = new Set(
      forms.filter(({ pattern }) => !seen.has(pattern.source)).map(({ where, text }) => `${where}: ${text}`),
    );
    expect([...missing].sort()).toEqual([...UNREACHED].sort());
  });

  it('are all worded in the sources', () => {
    expect(shown.filter(({ message }) => formOf(message) === undefined)).toEqual([]);
  });

  it('name file, line and column', () => {
    expect(shown.filter(({ at }) => !/^[^:]+:[1-9]\d*:[1-9]\d*$/.test(at ?? ''))).toEqual([]);
  });

  it('stand at that place of their file', () => {
    for (const { name, at = '', message } of shown) {
      const [path, line, column] = at.split(':') as [string, string, string];
      if (path === 'large.yaml') continue;
      const text = readFileSync(join(golden, name, path.replace(`fixtures/golden/${name}/`, '')), 'latin1');
      const lines = text.split('\n');
      expect(Number(line), at).toBeLessThanOrEqual(lines.length);
      expect(Number(column), at).toBeLessThanOrEqual((lines[Number(line) - 1] ?? '').length + 1);
      // What a message quotes as a word of the file stands there, except where it names something that is missing.
      const word = /^(?:unknown [a-z` ]+|duplicate key )`([^`{]+)`$/.exec(message)?.[1];
      if (word !== undefined) expect((lines[Number(line) - 1] ?? '').slice(Number(column) - 1), at).toMatch(word.slice(0, 20));
    }
  });
});

/** Every key of a lane file, with the keys above it: `lanes.*.may.do`. Names that the user chooses are `*`. */
function keysOf(text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown, path: readonly string[]): void => {
    if (Array.isArray(node)) for (const one of node) visit(one, path);
    else if (typeof node === 'object' && node !== null) {
      for (const [key, value] of Object.entries(node)) {
        const named = [...path, NAMED.has(path.join('.')) ? '*' : key];
        found.add(named.join('.'));
        visit(value, named);
      }
    }
  };
  visit(parseDocument(text).toJS(), []);
  return found;
}

/** Maps whose keys are names or globs of the user. */
const NAMED = new Set([
  ...['attributes', 'classes', 'paths', 'operations', 'lanes', 'providers', 'attributes.*.values'],
  ...['principals.teams', 'principals.people', 'principals.agents', 'principals.tiers'],
  ...['stack', 'workspace', 'account'].map((source) => `attributes.*.from.${source}`),
]);

describe('the example of lanes.md 2', () => {
  const lists = readdirSync(golden).flatMap((name) => {
    const { args, here } = JSON.parse(readFileSync(join(golden, name, 'case.json'), 'utf8')) as {
      args: readonly string[];
      here?: true;
    };
    // Files that load: a key in a broken one is used by nobody.
    if (!here || name.startsWith('lanes-invalid-') || args[0] !== 'lanes') return [];
    return readdirSync(join(golden, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => keysOf(readFileSync(join(golden, name, file), 'utf8')));
  });

  it('has every key of it used by a golden case', () => {
    const wanted = new Set([...keysOf(EXAMPLE), ...keysOf(EXAMPLE_SHOP)]);
    expect(wanted.size).toBeGreaterThan(120);
    const used = new Set(lists.flatMap((keys) => [...keys]));
    expect([...wanted].filter((key) => !used.has(key))).toEqual([]);
  });

  it('is a golden case itself, to the letter', () => {
    expect(readFileSync(join(golden, 'lanes-check-example/inlane.yaml'), 'utf8')).toBe(EXAMPLE);
    expect(readFileSync(join(golden, 'lanes-check-example/shop/inlane.yaml'), 'utf8')).toBe(EXAMPLE_SHOP);
  });
});
