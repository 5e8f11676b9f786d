import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AtomDecision, Reason, UnknownFact } from '../../src/decide/decision.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import type { Condition } from '../../src/logic/condition.ts';
import { explained } from '../../src/report/formats/explained.ts';
import { remediesOf } from '../../src/report/remedy.ts';
import type { ReportChange } from '../../src/report/report.ts';
import type { Finding } from '../../src/tags/finding.ts';
import * as s from './samples.ts';

function waysOut(
  row: ReturnType<typeof s.row>,
  over: { ruleset?: Ruleset; principal?: Principal; forPrincipal?: Principal; findings?: Finding[] } = {},
) {
  return remediesOf(row, over.findings ?? [], {
    ruleset: over.ruleset ?? s.ruleset(),
    principal: over.principal ?? s.DANA,
    forPrincipal: over.forPrincipal ?? null,
    span: { from: '2026-11-20T08:00:00Z', until: '2026-11-21T08:00:00Z' },
  });
}

const destroy = (over: Partial<AtomDecision>, actions = ['delete'], change = {}) =>
  s.row(s.change('aws_db_instance.main', actions, change), ['destroy'], [s.atom('destroy', 'before', 'deny', over)]);

const texts = (row: ReturnType<typeof s.row>, over = {}) =>
  waysOut(row, over).flatMap((remedy) => (remedy.kind === 'edit' ? [remedy.text] : []));

describe('remedies', () => {
  it('has none for an allowed row and at least one for any other, of every reason kind', () => {
    expect(waysOut(s.allowedQueue('a'))).toEqual([]);
    for (const kind of ['guard', 'freeze', 'no-lane', 'ceiling', 'tier', 'unknown', 'tag', 'plan', 'error'] as const) {
      const because: Reason[] = [{ kind, id: 'x', at: null, why: null, ask: null, observed: false }];
      expect(waysOut(destroy({ because })).length, kind).toBeGreaterThan(0);
    }
  });

  it('asks whom the guard names', () => {
    expect(waysOut(destroy({ because: [s.GUARD] }))).toContainEqual({
      kind: 'ask',
      text: 'ask about guard no-prod-drop',
      who: '#platform-db',
    });
  });

  it('asks whoever keeps the lane file when nobody is named', () => {
    const asked = waysOut(destroy({ nearest: [s.NEAR] })).find((remedy) => remedy.kind === 'ask');
    expect(asked).toMatchObject({ who: 'whoever keeps inlane.yaml' });
  });

  it('says who approves, and who may not', () => {
    const due = { id: 'prod-review', at: s.place(63), approval: { from: { team: 'sre' }, count: 2, notBy: ['author' as const] } };
    const row = s.row(
      s.change('a.b', ['delete']),
      ['destroy'],
      [s.atom('destroy', 'before', 'needs-approval', { because: [s.GUARD], approvals: [due] })],
    );
    expect(waysOut(row)).toEqual([{ kind: 'ask', text: 'get 2 approvals (prod-review), not by the author', who: 'team sre' }]);
  });

  it('never says to call it something else', () => {
    const all = JSON.stringify(waysOut(s.deniedQueue('q')).filter((remedy) => remedy.kind === 'edit'));
    expect(all).toBe('[]');
    const carrier = { ...s.NEAR, failed: [{ fact: 'tag.environment', is: null, wants: 'development', source: null }] };
    expect(texts(destroy({ nearest: [carrier] }))).toEqual([]);
  });

  it.each([
    ['changes', 'engine', 'only tuning', 'change only tuning, now engine (then lane developer allows it)'],
    ['tag.ticket', null, 'present', 'set the tag `ticket` (present) (then lane developer allows it)'],
    ['replaces', 'true', 'not true', 'change it in place instead of replacing it (then lane developer allows it)'],
  ])('turns a near miss on %s into an edit', (fact, is, wants, text) => {
    expect(texts(destroy({ nearest: [{ ...s.NEAR, failed: [{ fact, is, wants, source: null }] }] }))).toEqual([text]);
  });

  it('offers to write an attribute differently where the plan writes it, never for what stands before', () => {
    const near = [{ ...s.NEAR, failed: [{ fact: 'attr.engine', is: 'mysql', wants: 'postgres', source: null }] }];
    expect(texts(destroy({ nearest: near, operation: 'update' }))).toEqual([
      'set `engine` so that it is postgres, now mysql (then lane developer allows it)',
    ]);
    expect(texts(destroy({ nearest: near }))).toEqual([]);
  });

  it('does not offer a replacement as a way out', () => {
    const near = [{ ...s.NEAR, failed: [{ fact: 'replaces', is: 'false', wants: 'true', source: null }] }];
    expect(texts(destroy({ nearest: near }))).toEqual([]);
  });

  it('offers no edit for half of what failed', () => {
    const failed = [{ fact: 'changes', is: 'engine', wants: 'only tuning', source: null }, ...s.NEAR.failed];
    expect(texts(destroy({ nearest: [{ ...s.NEAR, failed }] }))).toEqual([]);
  });

  it.each([
    [
      ['delete', 'create'],
      { replacePaths: ['identifier'] },
      null,
      'leave `identifier` as it is: that change forces the replacement',
    ],
    [['delete', 'create'], { reason: 'replace_by_request' }, null, 'plan without `-replace`'],
    [
      ['delete'],
      { reason: 'delete_because_no_resource_config' },
      null,
      'keep its block; if it was renamed, say so in a `moved` block',
    ],
    [['update'], {}, 'deletion_protection true -> false', 'leave the protection as it is: deletion_protection true -> false'],
  ])('offers what undoes a destroy: %j %j', (actions, change, note, text) => {
    expect(texts(destroy({ because: [s.GUARD], note }, actions, change))).toEqual([text]);
  });

  it('says how to satisfy the exception of a guard', () => {
    const when: Condition = {
      op: 'all',
      of: [
        { op: 'do', operations: new Set(['destroy']) },
        { op: 'not', of: { op: 'successor', test: { want: 'present', same: ['service'], anyType: false } } },
      ],
    };
    const guard = { kind: 'guard', id: 'no-prod-drop', when, span: null } as unknown as Ruleset['denies'][number];
    expect(texts(destroy({ because: [s.GUARD] }), { ruleset: s.ruleset({ denies: [guard] }) })).toEqual([
      'stand up its successor (same service) in an earlier plan and cut over, then remove this one',
    ]);
  });

  it('says when a freeze ends', () => {
    const span = { from: null, until: Date.UTC(2027, 0, 3, 23) };
    const freeze = { kind: 'freeze', id: 'year-end', when: s.ANY_TIME, span } as unknown as Ruleset['denies'][number];
    const because: Reason[] = [{ ...s.GUARD, kind: 'freeze', id: 'year-end' }];
    expect(texts(destroy({ because }), { ruleset: s.ruleset({ denies: [freeze] }) })).toEqual([
      'wait until 2027-01-03T23:00:00Z, when the freeze ends',
    ]);
  });

  it('gives the lines that name a class for an unknown type', () => {
    const unknown: UnknownFact[] = [{ fact: 'class', path: null, why: 'the type is in no catalog' }];
    const because: Reason[] = [{ ...s.LANE, kind: 'unknown' }];
    const row = s.row(
      s.change('acme_graph.x', ['create']),
      ['create'],
      [s.atom('create', 'after', 'deny', { because, unknown })],
    );
    const [edit] = waysOut(row);
    expect(edit).toMatchObject({ kind: 'edit', file: 'inlane.yaml' });
    const insert = edit?.kind === 'edit' ? (edit.insert ?? '') : '';
    expect(parse(insert)).toEqual({ classes: { 'acme-graph': { types: ['acme_graph'] } } });
  });

  it('says how an unknown attribute can be established', () => {
    const unknown: UnknownFact[] = [{ fact: 'environment', path: null, why: 'no source speaks' }];
    const because: Reason[] = [{ ...s.LANE, kind: 'unknown' }];
    expect(texts(destroy({ because, unknown }))).toEqual([
      'establish `environment` (no source speaks): pass `--workspace`, or set the tag `environment`',
    ]);
  });

  it('hands on the fix of a finding, and not of one that is observed only', () => {
    const finding: Finding = {
      code: 'tag-missing',
      severity: 'deny',
      address: 'aws_db_instance.main',
      deposed: null,
      key: 'team',
      message: 'lacks `team`',
      fix: { text: 'add `team`', insert: 'team = "orders"' },
      enforce: true,
    };
    const row = destroy({ because: [{ ...s.GUARD, kind: 'tag', id: 'tag-missing', ask: null }] });
    expect(waysOut(row, { findings: [finding] })[0]).toEqual({
      kind: 'edit',
      text: 'add `team`',
      file: null,
      line: null,
      insert: 'team = "orders"',
    });
    expect(texts(row, { findings: [{ ...finding, enforce: false }] })).toEqual([]);
  });

  it('tells an unknown principal to say who acts', () => {
    const ways = waysOut(s.deniedQueue('q'), { principal: s.ANONYMOUS });
    expect(ways[0]).toMatchObject({ kind: 'edit', text: 'say who acts: `--as WHO`' });
    expect(ways.some((remedy) => remedy.kind === 'grant')).toBe(false);
  });
});

describe('suggested grant', () => {
  const grantOf = (row: ReturnType<typeof s.row>, over = {}) => {
    const grant = waysOut(row, over).find((remedy) => remedy.kind === 'grant');
    return grant?.kind === 'grant' ? grant : null;
  };

  it('is ready YAML, scoped by class and declared attributes, without ids and addresses', () => {
    const grant = grantOf(s.deniedQueue('secret_name'));
    expect(parse(grant?.yaml ?? '')).toEqual({
      grants: [
        {
          id: 'tmp-create-queue-production',
          who: { kind: 'human', team: 'developers' },
          may: { do: 'create', class: 'queue', environment: 'production' },
          from: '2026-11-20T08:00:00Z',
          until: '2026-11-21T08:00:00Z',
          reason: 'TICKET, and why',
        },
      ],
    });
    expect(grant?.yaml).not.toContain('secret_name');
  });

  it('leaves the time to the reader where no instant may stand in a report', () => {
    const [, yaml] = [
      '',
      remediesOf(s.deniedQueue('q'), [], { ruleset: s.ruleset(), principal: s.DANA, forPrincipal: null, span: null }),
    ];
    expect(JSON.stringify(yaml)).toContain('FROM, an instant');
  });

  it('takes an id that is free', () => {
    const taken = { id: 'tmp-create-queue-production' } as Ruleset['grants'][number];
    expect(grantOf(s.deniedQueue('q'), { ruleset: s.ruleset({ grants: [taken] }) })?.yaml).toContain(
      'id: tmp-create-queue-production-2',
    );
  });

  it('names a person of several teams by id', () => {
    const principal = { ...s.DANA, teams: ['developers', 'orders'] };
    expect(parse(grantOf(s.deniedQueue('q'), { principal })?.yaml ?? '').grants[0].who).toEqual({ kind: 'human', id: 'dana' });
  });

  it('is given to the person acted for where that decision denies', () => {
    const facts = [s.classFact('queue'), s.environment('production')];
    const used = facts.map((fact) => ({ side: 'after' as const, fact }));
    const row = s.row(
      s.change('aws_sqs_queue.q', ['create']),
      ['create'],
      [s.atom('create', 'after', 'deny', { as: 'dana', facts: used })],
      {
        classes: ['queue'],
        after: facts,
      },
    );
    const grant = grantOf(row, { principal: s.AGENT, forPrincipal: s.DANA });
    expect(parse(grant?.yaml ?? '').grants[0].who).toEqual({ kind: 'human', team: 'developers' });
  });

  it('shows no value that no rule asked for, and is not offered where nothing would narrow it', () => {
    const facts = [s.classFact('queue'), s.environment('production')];
    const row = s.row(s.change('aws_sqs_queue.q', ['create']), ['create'], [s.atom('create', 'after', 'deny')], {
      classes: ['queue'],
      after: facts,
    });
    expect(grantOf(row)).toBeNull();
    expect(parse(grantOf(row, { ruleset: s.ruleset({ attributes: new Map() }) })?.yaml ?? '').grants[0].may).toEqual({
      do: 'create',
      class: 'queue',
    });
  });

  it('is not offered where no grant can help', () => {
    const ruleset = s.ruleset({ tiers: new Map([['T2', s.ANY_TIME]]) });
    expect(grantOf(s.deniedReplace())).toBeNull();
    expect(grantOf(destroy({ because: [{ ...s.NO_LANE, kind: 'ceiling' }] }))).toBeNull();
    expect(grantOf(destroy({}))).toBeNull();
    expect(grantOf(s.deniedQueue('q'), { principal: { ...s.AGENT, tier: 'unknown' }, ruleset })).toBeNull();
    expect(grantOf(s.deniedQueue('q'), { principal: s.AGENT, ruleset })?.text).toContain('tiers still cap it');
  });

  it('quotes what YAML would read as something else', () => {
    const principal = { ...s.DANA, id: 'a: {b}', teams: [] };
    expect(parse(grantOf(s.deniedQueue('q'), { principal })?.yaml ?? '').grants[0].who).toEqual({ kind: 'human', id: 'a: {b}' });
  });
});

describe('an edit without a finding', () => {
  const at = (line: number) => ({ file: 'db.tf', line });
  const source = {
    place: at(10),
    why: null,
    arguments: new Map([
      ['identifier', at(12)],
      ['count', at(11)],
      ['for_each', { file: 'override.tf', line: 2 }],
      ['deletion_protection', at(14)],
      ['instance_class', at(15)],
    ]),
  };
  const edits = (row: ReturnType<typeof s.row>, from: typeof source | undefined = source) =>
    remediesOf(row, [], {
      ruleset: s.ruleset(),
      principal: s.DANA,
      forPrincipal: null,
      span: null,
      ...(from === undefined ? {} : { source: from }),
    }).flatMap((remedy) => (remedy.kind === 'edit' ? [[remedy.text.slice(0, 26), remedy.file, remedy.line]] : []));
  const because = [s.GUARD];

  it.each([
    ['the argument that forces a replacement', destroy({ because }, ['delete', 'create'], { replacePaths: ['identifier'] }), 12],
    ['an argument of it', destroy({ because }, ['delete', 'create'], { replacePaths: ['identifier.0.x'] }), 12],
    ['the block, where it does not write that', destroy({ because }, ['delete', 'create'], { replacePaths: ['engine'] }), 10],
    ['its count', destroy({ because }, ['delete'], { reason: 'delete_because_count_index' }), 11],
    ['the protection', destroy({ because, note: 'arming: deletion_protection true -> false' }, ['update']), 14],
  ])('stands at %s', (_, row, line) => {
    expect(edits(row)).toContainEqual([expect.any(String), 'db.tf', line]);
    // Nothing is claimed where nothing was looked up.
    expect(edits(row, { ...source, place: null as never, arguments: new Map() }).every(([, file]) => file === null)).toBe(true);
    expect(remediesOf(row, [], { ruleset: s.ruleset(), principal: s.DANA, forPrincipal: null, span: null })).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ file: 'db.tf' })]),
    );
  });

  it('stands in the file that overrides it', () => {
    const row = destroy({ because }, ['delete'], { reason: 'delete_because_each_key' });
    expect(edits(row)).toContainEqual(['keep its key in `for_each`', 'override.tf', 2]);
  });

  it('stands at the argument that is not known, and at the one that a lane wants otherwise', () => {
    const unknown: UnknownFact[] = [{ fact: 'attr.instance_class', path: 'instance_class', why: 'known only after apply' }];
    expect(edits(destroy({ because: [], unknown }))).toContainEqual(['make `instance_class` know', 'db.tf', 15]);
    const near = { ...s.NEAR, failed: [{ fact: 'attr.instance_class', is: 'a', wants: 'b', source: null }] };
    const update = s.row(
      s.change('aws_db_instance.main', ['update']),
      ['update'],
      [s.atom('update', 'after', 'deny', { nearest: [near] })],
    );
    expect(edits(update)).toContainEqual(['set `instance_class` so th', 'db.tf', 15]);
  });

  it('is not placed where it is of another object, or speaks of no line', () => {
    const row = destroy({ because, subject: 'aws_db_instance.other', note: 'arming: deletion_protection true -> false' }, [
      'update',
    ]);
    expect(edits(row).every(([, file]) => file === null)).toBe(true);
    const byRequest = destroy({ because }, ['delete', 'create'], { reason: 'replace_by_request' });
    expect(edits(byRequest)).toContainEqual(['plan without `-replace`', null, null]);
  });

  it('of several rows is told once, with its place where all have one', () => {
    const edit = (line: number | null) =>
      ({ kind: 'edit', text: 'leave it', file: line === null ? null : 'db.tf', line, insert: null }) as const;
    const rows = (...lines: (number | null)[]) =>
      lines.map(
        (line, n) => ({ address: `a.b${n}`, decisions: [], facts: [], remedies: [edit(line)] }) as unknown as ReportChange,
      );
    expect(explained(rows(3, 3), false).remedies).toEqual([edit(3)]);
    expect(explained(rows(3, 4), false).remedies).toEqual([edit(null)]);
    expect(explained(rows(3), false).remedies).toEqual([edit(3)]);
  });
});
