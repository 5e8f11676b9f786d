// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceChange } from '../../src/plan/model.ts';
import { Sensitive } from '../../src/plan/value.ts';
import { addedBy, type TextEdit, unifiedDiff } from '../../src/source/patch.ts';
import { proposeEdits } from '../../src/source/propose.ts';
import type { ConfigurationEdit, Finding } from '../../src/tags/finding.ts';
import { block, change, treeOf } from './memory.ts';

/** Applies a unified diff of one file, strictly: every line that is kept or taken away must be there. */
function applied(text: string, diff: string): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  const body = diff.split('\n').slice(3);
  for (const [index, line] of body.entries()) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    const bare = body[index + 1]?.startsWith('\\') ? line.slice(1) : `${line.slice(1)}\n`;
    if (hunk) {
      const start = hunk[2] === '0' ? Number(hunk[1]) : Number(hunk[1]) - 1;
      while (at < start) out.push(lines[at++] as string);
    } else if (line.startsWith('+')) out.push(bare);
    else if (line.startsWith('-') || line.startsWith(' ')) {
      expect(lines[at]).toBe(bare);
      if (line.startsWith(' ')) out.push(bare);
      at += 1;
    }
  }
  return [...out, ...lines.slice(at)].join('');
}

function edited(text: string, edits: readonly TextEdit[]): string {
  let out = '';
  let from = 0;
  for (const { start, end, text: added } of [...edits].sort((a, b) => a.start - b.start)) {
    out += text.slice(from, start) + added;
    from = end;
  }
  return out + text.slice(from);
}

const ENTRY: ConfigurationEdit = { kind: 'entry', path: ['tags'], key: 'team', value: 'payments', line: 'team = "payments"' };

function finding(address: string, edit: ConfigurationEdit = ENTRY): Finding {
  const fix = { text: 'set it', insert: null, edit };
  return { code: 'tag-missing', severity: 'deny', address, deposed: null, key: 'team', message: '', fix, enforce: true };
}

/** What is proposed for one queue whose block is this text, the patch applied to it. */
async function proposed(
  text: string,
  names: readonly string[],
  after: ResourceChange['after'] = Object.create(null),
  edit: ConfigurationEdit = ENTRY,
  file = 'main.tf',
) {
  const row = change(block('aws_sqs_queue.q', names), { after });
  const one = finding(row.address, edit);
  const { findings, patch } = await proposeEdits([one], [row], treeOf({ [file]: text }), ({ path }) => path);
  const at = findings.get(one)?.fix?.at;
  expect(at?.patch ?? null).toBe(patch);
  return { at, patch, text: patch === null ? null : applied(text, patch) };
}

const head = 'resource "aws_sqs_queue" "q" {\n';

describe('a tag is added', () => {
  it.each<[string, string, string[], string]>([
    [
      'to a block without',
      `${head}  name = "q"\n}\n`,
      ['name'],
      `${head}  name = "q"\n\n  tags = {\n    team = "payments"\n  }\n}\n`,
    ],
    ['to an empty block', 'resource "aws_sqs_queue" "q" {}\n', [], `${head}  tags = {\n    team = "payments"\n  }\n}\n`],
    ['to an empty block over two lines', `${head}}\n`, [], `${head}  tags = {\n    team = "payments"\n  }\n}\n`],
    ['to a map of one line', `${head}  tags = { a = "b" }\n}\n`, ['tags'], `${head}  tags = { a = "b", team = "payments" }\n}\n`],
    [
      'to a map of one line with a comma',
      `${head}  tags = { a = "b", }\n}\n`,
      ['tags'],
      `${head}  tags = { a = "b", team = "payments" }\n}\n`,
    ],
    [
      'to a map whose brace stands behind an entry',
      `${head}  tags = {\n    a = "b" }\n}\n`,
      ['tags'],
      `${head}  tags = {\n    a = "b", team = "payments" }\n}\n`,
    ],
    [
      'to a map over several lines',
      `${head}  tags = {\n    a = "b"\n  }\n}\n`,
      ['tags'],
      `${head}  tags = {\n    a = "b"\n    team = "payments"\n  }\n}\n`,
    ],
    ['to a map of nothing', `${head}  tags = {\n  }\n}\n`, ['tags'], `${head}  tags = {\n    team = "payments"\n  }\n}\n`],
    ['to null', `${head}  tags = null\n}\n`, ['tags'], `${head}  tags = { team = "payments" }\n}\n`],
    ['to a reference', `${head}  tags = var.tags\n}\n`, ['tags'], `${head}  tags = merge(var.tags, { team = "payments" })\n}\n`],
    [
      'to a merge',
      `${head}  tags = merge(var.a, var.b)\n}\n`,
      ['tags'],
      `${head}  tags = merge(var.a, var.b, { team = "payments" })\n}\n`,
    ],
    ['to a merge of nothing', `${head}  tags = merge()\n}\n`, ['tags'], `${head}  tags = merge({ team = "payments" })\n}\n`],
    [
      'to a merge of a list',
      `${head}  tags = merge(var.a...)\n}\n`,
      ['tags'],
      `${head}  tags = merge(merge(var.a...), { team = "payments" })\n}\n`,
    ],
    [
      'to a map that a loop makes',
      `${head}  tags = { for k in var.a : k => k }\n}\n`,
      ['tags'],
      `${head}  tags = merge({ for k in var.a : k => k }, { team = "payments" })\n}\n`,
    ],
    [
      'to a condition that ends in a map',
      `${head}  tags = var.a ? {} : { b = "c" }\n}\n`,
      ['tags'],
      `${head}  tags = merge(var.a ? {} : { b = "c" }, { team = "payments" })\n}\n`,
    ],
    [
      'behind keys that are expressions',
      `${head}  tags = { (var.k) = "b" }\n}\n`,
      ['tags'],
      `${head}  tags = { (var.k) = "b", team = "payments" }\n}\n`,
    ],
  ])('%s', async (_, before, names, after) => {
    expect((await proposed(before, names)).text).toBe(after);
  });

  it('within a block that stands once', async () => {
    const edit = { ...ENTRY, path: ['metadata', 'labels'] } as ConfigurationEdit;
    const text = `${head}  metadata {\n    name = "q"\n  }\n}\n`;
    const { text: after } = await proposed(text, ['metadata'], undefined, edit);
    expect(after).toBe(`${head}  metadata {\n    name = "q"\n\n    labels = {\n      team = "payments"\n    }\n  }\n}\n`);
    expect((await proposed(text.replace('}\n}', '}\n  metadata {\n  }\n}'), ['metadata'], undefined, edit)).patch).toBeNull();
  });
});

describe('a tag is added in JSON syntax', () => {
  const q = (own: string) => `{"resource": {"aws_sqs_queue": {"q": ${own}}}}\n`;
  const added = (text: string, names: string[], edit: ConfigurationEdit = ENTRY) =>
    proposed(text, names, undefined, edit, 'main.tf.json');

  it.each<[string, string, string[], string]>([
    ['to a block without', q('{"name": "q"}'), ['name'], q('{"name": "q", "tags": { "team": "payments" }}')],
    ['to an empty block', q('{}'), [], q('{ "tags": { "team": "payments" } }')],
    ['to a map', q('{"tags": {"a": "b"}}'), ['tags'], q('{"tags": {"a": "b", "team": "payments"}}')],
    ['to an empty map', q('{"tags": {}}'), ['tags'], q('{"tags": { "team": "payments" }}')],
    ['to null', q('{"tags": null}'), ['tags'], q('{"tags": { "team": "payments" }}')],
    [
      'to a map over several lines',
      q('{\n  "tags": {\n    "a": "b",\n    "c": "d"\n  }\n}'),
      ['tags'],
      q('{\n  "tags": {\n    "a": "b",\n    "c": "d",\n    "team": "payments"\n  }\n}'),
    ],
    [
      'to an expression',
      q('{"tags": "${local.tags}"}'),
      ['tags'],
      q('{"tags": "${merge(local.tags, { team = \\"payments\\" })}"}'),
    ],
  ])('%s', async (_, before, names, after) => {
    const { text } = await added(before, names);
    expect(text).toBe(after);
    expect(() => JSON.parse(after)).not.toThrow();
  });

  it('as the text that it is', async () => {
    const odd = { ...ENTRY, key: 'a "b"', value: 'x"${y}%{z}\\', line: '' } as ConfigurationEdit;
    const { text } = await added(q('{}'), [], odd);
    expect(JSON.parse(text ?? '').resource.aws_sqs_queue.q.tags).toEqual({ 'a "b"': 'x"$${y}%%{z}\\' });
  });

  it('in a block that stands once', async () => {
    const edit = { ...ENTRY, path: ['metadata', 'labels'] } as ConfigurationEdit;
    const inner = '{"name": "q", "labels": { "team": "payments" }}';
    expect((await added(q('{"metadata": [{"name": "q"}]}'), ['metadata'], edit)).text).toBe(q(`{"metadata": [${inner}]}`));
    expect((await added(q('{"metadata": [{}, {}]}'), ['metadata'], edit)).patch).toBeNull();
    expect((await added(q('{"dynamic": {"metadata": {}}}'), ['dynamic'], edit)).patch).toBeNull();
  });

  it.each<[string, string, string[]]>([
    ['the key is there already', q('{"tags": {"team": "x"}}'), ['tags']],
    ['a key may be it', q('{"tags": {"${local.k}": "x"}}'), ['tags']],
    ['the map is a text', q('{"tags": "x"}'), ['tags']],
    ['the map is a list', q('{"tags": []}'), ['tags']],
    ['what is taken away holds a secret', q('{"tags": {"a": "b"}, "password": "hunter2"}'), ['tags', 'password']],
  ])('not where %s', async (_, text, names) => {
    const { at, patch } = await added(text, names);
    expect(patch).toBeNull();
    expect(at).toMatchObject({ file: 'main.tf.json', patch: null });
  });
});

describe('no patch is made', () => {
  it.each<[string, string, string[]]>([
    ['where the key is there already', `${head}  tags = { "team" = var.x }\n}\n`, ['tags']],
    ['where the map is a text', `${head}  tags = "x"\n}\n`, ['tags']],
    ['where blocks make it', `${head}  dynamic "tags" {\n    for_each = []\n    content {}\n  }\n}\n`, []],
  ])('%s', async (_, text, names) => {
    const { at, patch } = await proposed(text, names);
    expect(patch).toBeNull();
    expect(at?.file).toBe('main.tf');
  });

  it('where the text is not that of the plan', async () => {
    expect(await proposed(`${head}  name = "q"\n}\n`, ['other'])).toEqual({ at: undefined, patch: null, text: null });
  });

  it('of a file whose name a diff could not hold, or that stands above the place where it is applied', () => {
    const edit = [{ start: 0, end: 0, text: 'a\n' }];
    const nothing = { text: '', body: { arguments: [], blocks: [] }, syntax: 'native' } as const;
    for (const path of ['a\nb.tf', 'a"b.tf', '../a.tf', 'a\u202eb.tf', null])
      expect(unifiedDiff(path, nothing, edit, () => true)).toBeNull();
  });
});

describe('a patch shows nothing but what it has to', () => {
  const secret = 'hunter2';

  it('neither values nor comments around it', async () => {
    const text = `# ${secret}\n${head}  user = "${secret}"\n  pin = 4711 # ${secret}\n  on = true\n  tags = {\n    a = "${secret}"\n    b = var.b\n    # ${secret}\n  }\n  x = <<E\n${secret}\nE\n}\n`;
    const { patch, text: after } = await proposed(text, ['user', 'pin', 'on', 'tags', 'x']);
    expect(after).toContain('team = "payments"');
    expect(patch).not.toMatch(/hunter2|4711|true/);
  });

  it.each<[string, string, string[], ResourceChange['after'] | undefined]>([
    ['a secret by its name', `resource "aws_sqs_queue" "q" { password = "${secret}" }\n`, ['password'], undefined],
    ['a secret by its look', 'resource "aws_sqs_queue" "q" { url = "https://a:b@example.com" }\n', ['url'], undefined],
    ['what the plan masks', `resource "aws_sqs_queue" "q" { name = "${secret}" }\n`, ['name'], { name: new Sensitive('1', []) }],
    ['a secret among the tags', `${head}  tags = { token = "${secret}" }\n}\n`, ['tags'], undefined],
  ])('a line with %s is not taken away', async (_, text, names, after) => {
    const { at, patch } = await proposed(text, names, after);
    expect(patch).toBeNull();
    expect(at).toMatchObject({ file: 'main.tf', patch: null });
  });
});

describe('git applies a patch', () => {
  it.each<[string, string, boolean]>([
    ['a value follows', '  name = "q"\n', true],
    ['a block follows', '  timeouts {\n    create = "1h"\n  }\n', true],
    ['nothing follows', '', true],
    // The patch alone would show it; `git apply --unidiff-zero` and `patch` take it all the same.
    ['a secret follows, by its name', '  password = "q"\n', false],
    ['a secret follows, by its look', '  url = "https://a:b@example.com"\n', false],
    ['a secret follows, by the plan', '  hidden = "q"\n', false],
    ['a comment follows', '  # q\n', false],
  ])('to a line behind which %s', async (_, next, whole) => {
    const text = `${head}  fifo = true\n  tags = { a = "b" }\n${next}  last = "x"\n}\n`;
    const names = ['fifo', 'tags', 'last', ...[...next.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string)];
    const after = Object.assign(Object.create(null), { hidden: new Sensitive('1', []) });
    const { patch, text: edited } = await proposed(text, names, after);
    expect(edited).toContain('team = "payments"');
    const folder = mkdtempSync(join(tmpdir(), 'inlane-patch-'));
    writeFileSync(join(folder, 'main.tf'), text);
    const git = (...args: string[]) => spawnSync('git', ['apply', ...args, '-'], { cwd: folder, input: patch ?? '' }).status;
    expect([git('--check') === 0, git('--check', '--unidiff-zero')]).toEqual([whole, 0]);
    if (whole) expect(git()).toBe(0);
    else expect(patch).not.toContain(next.trim());
    if (whole) expect(readFileSync(join(folder, 'main.tf'), 'utf8')).toBe(edited);
    rmSync(folder, { recursive: true });
  });
});

describe('a unified diff', () => {
  it('applied gives the edited text, whatever the text and the edits', () => {
    const line = fc.constantFrom('a = b', 'c = "d"', '}', '', '# e', 'x {', '  y = z');
    const body = { arguments: [], blocks: [] };
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(60), fc.nat(6), fc.constantFrom('new\n', 'new', '', 'p\nq\n', '\n')), {
          minLength: 1,
          maxLength: 3,
        }),
        (lines, ended, raw) => {
          const text = lines.join('\n') + (ended && lines.length > 0 ? '\n' : '');
          const edits: TextEdit[] = [];
          let from = 0;
          for (const [gap, length, added] of raw) {
            const start = Math.min(from + gap, text.length);
            const end = Math.min(start + length, text.length);
            if (edits.length > 0 && start === from) continue;
            edits.push({ start, end, text: added });
            from = end + 1;
          }
          const diff = unifiedDiff('main.tf', { text, body, syntax: 'native' }, edits, (from) => from % 2 === 0);
          expect(applied(text, diff ?? '')).toBe(edited(text, edits));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('tells what is added, at the line in front of which it stands', () => {
    const text = 'a {\n  b = 1\n}\n';
    expect(
      addedBy({ text, body: { arguments: [], blocks: [] }, syntax: 'native' }, [
        { start: 12, end: 12, text: '\n  c = {\n    d = 2\n  }\n' },
      ]),
    ).toEqual([{ line: 3, text: 'c = {\n  d = 2\n}' }]);
  });
});
