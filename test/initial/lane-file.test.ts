import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { loadClasses } from '../../providers/classes.ts';
import type { Answers, Surroundings } from '../../src/initial/answers.ts';
import type { Evidence } from '../../src/initial/evidence.ts';
import { propose } from '../../src/initial/propose.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import { runExamples } from '../../src/prove/examples.ts';
import { loadTypes } from '../../src/prove/types.ts';
import { laneFileText } from '../../src/report/initial/lane-file.ts';
import { ANSWERS, evidence, KNOWN, NOWHERE, object } from './evidence.ts';

const types = await loadTypes();
const classNames = new Set(loadClasses().keys());

function textOf(seen: Evidence, around: Partial<Surroundings> = {}, answers: Partial<Answers> = {}): string {
  return laneFileText(propose(seen, { ...NOWHERE, ...around }, { ...ANSWERS, ...answers }, KNOWN), 'plan.json');
}

/** Loads as any lane file does, and runs its tests. */
async function loaded(text: string) {
  const { ruleset, diagnostics } = await loadRuleset({
    lanes: ['inlane.yaml'],
    stack: '.',
    cwd: '/',
    classNames,
    read: (path) => (path.endsWith('inlane.yaml') ? text : null),
  });
  expect(diagnostics).toEqual([]);
  const { results, coverage } = runExamples(ruleset, types, null);
  expect(results.filter(({ passed }) => !passed).map(({ test }) => test.summary)).toEqual([]);
  return { ruleset, coverage };
}

const DEV = [
  object({ tagged: { env: 'dev' } }),
  object({ tagged: { env: 'prod' }, type: 'aws_db_instance', classes: ['database', 'stateful'] }),
  object({ tagged: { env: 'dev' }, type: 'aws_iam_role', classes: ['identity', 'access'] }),
];

describe('a proposed lane file', () => {
  it.each([
    ['environments', evidence(DEV), {}],
    ['environments and agents', evidence(DEV), { agents: true }],
    ['nobody let alone', evidence(DEV), { alone: [] }],
    ['no environment', evidence([object()]), {}],
    [
      'helpers only',
      evidence([object({ type: 'null_resource', provider: 'hashicorp/null', classes: ['helper'], carrier: null })]),
      {},
    ],
    ['permissions only', evidence([object({ type: 'aws_iam_role', classes: ['identity', 'access'] })]), {}],
    [
      'code that runs',
      evidence([...DEV, object({ type: 'null_resource', classes: ['helper'], operations: ['create', 'invoke'] })]),
      {},
    ],
    ['nothing at all', evidence([]), {}],
  ] as const)('of %s loads, passes its tests, and they touch every rule', async (_, seen, answers) => {
    const { coverage } = await loaded(textOf(seen, {}, answers));
    expect(coverage.untouched.map(({ kind, id }) => `${kind} ${id}`)).toEqual([]);
  });

  it('lets nobody alone where nothing says the environment', async () => {
    const { ruleset } = await loaded(textOf(evidence([object()])));
    expect(ruleset.attributes.size).toBe(0);
    expect(ruleset.grants.map(({ id }) => id)).toEqual(['everyone', 'everyone', 'reviewed']);
    expect(ruleset.obligations.map(({ id }) => id)).toEqual(['review']);
    expect(ruleset.denies.map(({ id }) => id)).toEqual(['no-data-loss']);
  });

  it('writes types of no catalog as a comment, and a mirror too', async () => {
    const unknown = { catalogued: false, classes: [] };
    const text = textOf(
      evidence([
        object({ type: 'acme_graph', provider: 'acme/graph', ...unknown }),
        object({ type: 'other_thing', provider: 'acme/graph', ...unknown }),
        object({ type: 'aws_sqs_queue', provider: 'corp.example/hashicorp/aws', ...unknown }),
      ]),
    );
    expect(text).toContain('#   my-database: {is_a: database, types: [acme_graph]}');
    expect(text).toContain('#   my-kind: {types: [other_thing]}');
    expect(text).toContain('# providers:\n#   "corp.example/hashicorp/aws": hashicorp/aws');
    const { ruleset } = await loaded(text);
    expect(ruleset.classes.size).toBe(0);
    // With the marks taken away it is what it looks like.
    const confirmed = text.replace(/^# (?=classes:|providers:| {2}(?:my-|"))/gm, '');
    expect((await loaded(confirmed)).ruleset.classes.size).toBe(2);
    expect((await loaded(confirmed)).ruleset.providers.get('corp.example/hashicorp/aws')).toBe('hashicorp/aws');
  });

  it('says of a source that waits what it would be, and loads with its mark taken away', async () => {
    const text = textOf(evidence([object({ tagged: { env: 'dev' }, account: '222222222222' })]));
    const { ruleset } = await loaded(text);
    expect(ruleset.attributes.get('environment')?.sources.map(({ from }) => from)).toEqual(['tag']);
    const confirmed = text.replace('# - {account:', '- {account:');
    expect(confirmed).not.toBe(text);
    const sources = (await loaded(confirmed)).ruleset.attributes.get('environment')?.sources;
    expect(sources?.map(({ from }) => from)).toEqual(['tag', 'account']);
  });
});

describe('hostile plans', () => {
  const ODD = [
    ...['yes', 'no', 'null', 'true', '~', '2026-01-01', '12:30', '0123', '1e3', '<<', '__proto__', 'constructor', 'registry'],
    ...['a: b', '# x', '- x', '[x', '{x', '*x', '&x', '!x', '|', '>', '%x', '@x', '`x', '"', "'", '\\', ' x ', ''],
    ...[
      'a\nb',
      'a\r\nlanes:',
      'a\u2028b',
      'a\u202eb',
      '\u0000',
      '\ud800',
      'a\tb',
      '\ufeff',
      '::error::x',
      '##[x',
      'x'.repeat(500),
    ],
  ];
  const odd = fc.oneof(fc.constantFrom(...ODD), fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 8 }));
  const key = fc.oneof(fc.constantFrom('Environment', 'env', 'team', 'owner', 'service', 'data', 'x\n/env', '#/env'), odd);
  const seen = fc.record({
    type: fc.oneof(fc.constantFrom('aws_sqs_queue', 'aws_db_instance', 'acme_thing'), odd),
    provider: fc.oneof(fc.constant('hashicorp/aws'), odd),
    account: fc.option(odd),
    namespace: fc.option(odd),
    tagged: fc.dictionary(key, fc.option(odd), { maxKeys: 4 }),
    catalogued: fc.boolean(),
  });

  /** Outside of strings and comments nothing but what the language has. */
  function expectHarmless(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(text)).toBe(false);
    const top = text.split('\n').filter((line) => /^[^\s#]/.test(line));
    const sections = [
      'inlane: 1',
      'level: org',
      'attributes:',
      'operations:',
      'lanes:',
      'guards:',
      'principals:',
      'never:',
      'tests:',
    ];
    expect(top.filter((line) => !sections.includes(line))).toEqual([]);
    expect(parseDocument(text).errors).toEqual([]);
  }

  it('never break out of the file, and it loads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seen, { maxLength: 4 }),
        fc.dictionary(key, odd, { maxKeys: 3 }),
        fc.array(odd, { maxLength: 3 }),
        async (objects, variables, names) => {
          const plain = objects.map((one) =>
            object({ ...one, classes: one.catalogued ? ['queue'] : [], type: one.catalogued ? 'aws_sqs_queue' : one.type }),
          );
          const around = { workspaces: names, stacks: names, stack: names[0] ?? null };
          const text = textOf(evidence(plain, variables), around);
          expectHarmless(text);
          await loaded(text);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });
});
