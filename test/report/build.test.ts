import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { absent, known, unknown } from '../../src/logic/fact.ts';
import { ExactNumber, Sensitive } from '../../src/plan/value.ts';
import { buildReport, ReportBuilder, undecidedReport } from '../../src/report/build.ts';
import { exitOf, processExit, worstOf } from '../../src/report/report.ts';
import { reportSet } from '../../src/report/set.ts';
import * as s from './samples.ts';
import { expectValid, isValid } from './schema.ts';

const KEYS =
  'format tool verdict exit observe principal context plan rules summary changes findings quotas approvals diagnostics'.split(
    ' ',
  );
const CHANGE_KEYS =
  'address deposed previous_address type provider mode actions reason replace_paths operations classes verdict decisions facts source remedies'.split(
    ' ',
  );

describe('buildReport', () => {
  it('has the keys of report.md in their order and is valid by the schema', () => {
    const report = buildReport(s.input([s.deniedReplace(), s.allowedQueue('jobs')]));
    expectValid(report);
    expect(Object.keys(report)).toEqual(KEYS);
    expect(Object.keys(report.plan ?? {})).toEqual(
      'path sha256 tool version format_version rows decided complete errored'.split(' '),
    );
    expect(Object.keys(report.principal ?? {})).toEqual('id kind teams tier owner assurance for'.split(' '));
    const [first] = report.changes;
    expect(Object.keys(first ?? {})).toEqual(CHANGE_KEYS);
    expect(Object.keys(first?.decisions[0] ?? {})).toEqual('operation side verdict because unknown nearest'.split(' '));
    expect(first?.decisions[0]).toEqual({
      operation: 'destroy',
      side: 'before',
      verdict: 'deny',
      because: [
        {
          kind: 'guard',
          id: 'no-prod-drop',
          at: 'inlane.yaml:61:5',
          why: 'data outlives the instance that holds it',
          ask: '#platform-db',
        },
      ],
      unknown: [],
      nearest: [
        {
          kind: 'lane',
          id: 'developer',
          at: 'inlane.yaml:41:9',
          failed: [{ fact: 'environment', is: 'production', wants: 'not production' }],
        },
      ],
    });
  });

  it('counts rows by verdict and each operation once a row', () => {
    const rows = [s.deniedReplace(), s.allowedQueue('a'), s.allowedQueue('b'), s.idle('aws_vpc.main')];
    expect(buildReport(s.input(rows)).summary).toEqual({
      allow: 3,
      'needs-approval': 0,
      deny: 1,
      operations: { create: 3, destroy: 1 },
    });
  });

  it('is the same bytes for the same input, whatever the clock says', () => {
    const at = (now: number) => JSON.stringify(buildReport(s.input([s.deniedReplace(), s.deniedQueue('q')], { now })));
    expect(at(s.NOW)).toBe(at(s.NOW + 86_400_000));
  });

  it.each([
    ['established', { place: { file: 'main.tf', line: 3 }, why: null }],
    ['not established', { place: null, why: 'the block is made by `dynamic`' }],
  ])('says the same bytes of rows whose place, %s, is told once they are decided', (_, source) => {
    const input = s.input(
      [s.deniedReplace(), s.allowedQueue('a'), s.deniedQueue('q'), s.idle('aws_vpc.main')],
      {},
      { timeSpoke: true },
    );
    const { rows } = input.decision;
    const told = new ReportBuilder(input);
    for (const row of rows) told.add(row, []);
    expect(rows.map((_, at) => told.isAllowed(at))).toEqual([false, true, false, true]);
    for (const [at, row] of rows.entries()) {
      if (told.isAllowed(at)) told.place(at, source);
      else told.tellAgain(at, row, [], source);
    }
    const sources = new Map(rows.map((row) => [row.classified.change, source]));
    const report = buildReport({ ...input, sources });
    expect(JSON.stringify(told.finish(input))).toBe(JSON.stringify(report));
    expect(report.changes.map((change) => change.source)).toEqual(rows.map(() => source.place));
    expect(report.changes.map((change) => change.source_why ?? null)).toEqual(rows.map(() => source.why));
  });

  it('says `now` only when a rule about time spoke', () => {
    expect(buildReport(s.input([], {}, { timeSpoke: true })).now).toBe('2026-11-20T08:00:00Z');
    expect(buildReport(s.input([], { nowGiven: true }))).not.toHaveProperty('now');
  });

  it('refuses to print a row that was not decided', () => {
    const rows = [s.allowedQueue('a')];
    expect(() => buildReport(s.input(rows, { rows: 2 }))).toThrow(InlaneError);
    expect(() => buildReport(s.input(rows, {}, { rows: [] }))).toThrow(InlaneError);
  });

  it('refuses a verdict that is milder than one below it', () => {
    expect(() => buildReport(s.input([s.deniedQueue('a')], {}, { verdict: 'needs-approval' }))).toThrow(InlaneError);
    const row = { ...s.deniedQueue('a'), verdict: 'allow' as const };
    expect(() => buildReport(s.input([row]))).toThrow(InlaneError);
  });

  it('lists approvals with their rows, deposed ones spelled out, even when the plan is denied', () => {
    const due = {
      id: 'prod-review',
      at: s.place(63),
      approval: { from: { team: 'sre' }, count: 1, notBy: ['author' as const] },
    };
    const waiting = (deposed: string | null) =>
      s.row(
        s.change('aws_db_instance.main', ['delete'], { deposed }),
        ['destroy'],
        [s.atom('destroy', 'before', 'needs-approval', { because: [s.GUARD], approvals: [due] })],
      );
    const report = buildReport(s.input([waiting(null), waiting('0badcafe'), s.deniedQueue('q')]));
    expectValid(report);
    expect(report.verdict).toBe('deny');
    expect(report.approvals).toEqual([
      {
        id: 'prod-review',
        from: { team: 'sre' },
        count: 1,
        not_by: ['author'],
        rows: ['aws_db_instance.main', 'aws_db_instance.main (deposed 0badcafe)'],
      },
    ]);
  });

  it('sorts reasons by file and position', () => {
    const at = (line: number, column: number, file: string, id: string) => ({ ...s.GUARD, at: s.place(line, column, file), id });
    const because = [
      at(9, 1, 'b.yaml', '4'),
      at(10, 1, 'a.yaml', '3'),
      at(9, 7, 'a.yaml', '2'),
      at(9, 5, 'a.yaml', '1'),
      s.NO_LANE,
    ];
    const row = s.row(s.change('a.b', ['delete']), ['destroy'], [s.atom('destroy', 'before', 'deny', { because })]);
    const [change] = buildReport(s.input([row])).changes;
    expect(change?.decisions[0]?.because.map((reason) => reason.id)).toEqual(['1', '2', '3', '4', null]);
  });

  it('marks what is observed only, and the person a decision was made as', () => {
    const decision = s.atom('create', 'after', 'allow', { because: [s.LANE, { ...s.GUARD, observed: true }], as: 'erin' });
    const report = buildReport(s.input([s.row(s.change('a.b', ['create']), ['create'], [decision])]));
    expectValid(report);
    expect(report.changes[0]?.decisions[0]?.as).toBe('erin');
    expect(report.changes[0]?.decisions[0]?.because.map((reason) => reason.observed)).toEqual([undefined, true]);
  });

  it('shows plan-level reasons with ways out, and quotas', () => {
    const quota = { kind: 'quota' as const, id: 'agent-blast', at: s.place(70), why: null, ask: '#ops', observed: false };
    const report = buildReport(
      s.input(
        [s.allowedQueue('a')],
        {},
        {
          verdict: 'deny',
          because: [quota],
          quotas: [
            {
              id: 'agent-blast',
              at: s.place(70),
              counted: new Map([['destroy', 3]]),
              limit: new Map([['destroy', 2]]),
              verdict: 'deny',
              enforce: true,
            },
          ],
        },
      ),
    );
    expectValid(report);
    expect(report.because).toEqual([{ kind: 'quota', id: 'agent-blast', at: 'inlane.yaml:70:5', why: null, ask: '#ops' }]);
    expect(report.quotas).toEqual([{ id: 'agent-blast', counted: { destroy: 3 }, limit: { destroy: 2 }, verdict: 'deny' }]);
    expect(report.remedies?.map((remedy) => remedy.kind)).toEqual(['edit', 'ask']);
  });

  it('notes what the plan does not say or holds besides', () => {
    const codes = (plan: Parameters<typeof s.input>[3], rows = [s.allowedQueue('a')]) =>
      buildReport(s.input(rows, {}, {}, plan)).diagnostics.map((diagnostic) => diagnostic.code);
    expect(codes({})).toEqual([]);
    expect(codes({ complete: null })).toEqual(['plan-complete-unknown']);
    expect(codes({}, [])).toEqual(['plan-empty']);
    expect(codes({ checks: [{ address: 'check.health', status: 'fail' }] })).toEqual(['check-fail']);
  });
});

describe('facts', () => {
  const shown = (fact: ReturnType<typeof known>) => {
    const decision = s.atom('create', 'after', 'deny', { facts: [{ side: 'after', fact }] });
    const report = buildReport(s.input([s.row(s.change('a.b', ['create']), ['create'], [decision])]));
    expectValid(report);
    return report.changes[0]?.facts;
  };

  it.each([
    ['text', known('attr.engine', 'postgres'), { value: 'postgres' }],
    ['null', known('attr.engine', null), { value: null }],
    ['a number beyond 2^53', known('attr.n', new ExactNumber('9007199254740993')), { value: '9007199254740993' }],
    ['a sensitive value', known('attr.password', new Sensitive('digest', ['token'])), { value: null, hidden: 'sensitive' }],
    ['an object', known('attr.tags', { secret: 'swordfish' }), { value: null, hidden: 'composite' }],
    ['an absent tag', absent('tag.team'), { value: null, absent: true }],
    [
      'an unknown',
      unknown('environment', 'known after apply', 'tags'),
      { value: null, unknown: true, why: 'known after apply', path: 'tags' },
    ],
    [
      'a set with members that may be',
      {
        key: 'class',
        state: {
          kind: 'members' as const,
          members: new Map<string, true | 'unknown'>([
            ['database', true],
            ['exposure', 'unknown'],
          ]),
          open: null,
        },
        sources: [],
      },
      { value: ['database'], unknown: true, maybe: ['exposure'] },
    ],
  ])('shows %s', (_, fact, expected) => {
    expect(shown(fact)).toEqual([{ key: fact.key, side: 'after', ...expected, sources: [] }]);
    expect(JSON.stringify(shown(fact))).not.toMatch(/swordfish|digest|token/);
  });

  it('leaves out the principal and the clock, which stand elsewhere', () => {
    expect(shown(known('who.team', 'sre'))).toEqual([]);
    expect(shown(known('now', '2026-11-20T08:00:00Z'))).toEqual([]);
  });
});

describe('undecided', () => {
  it('is one object with every key, and says why', () => {
    const error = new InlaneError('lanes-invalid', '2 mistakes', 'mend them', [
      { message: 'unknown key `ownr`', at: { file: 'inlane.yaml', line: 3, column: 1 }, hint: 'did you mean `owner`?' },
    ]);
    const report = undecidedReport(error, { path: 'plan.json' });
    expectValid(report);
    expect(Object.keys(report)).toEqual(KEYS);
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2 });
    expect(report.diagnostics[0]).toEqual({
      code: 'lanes-invalid',
      severity: 'error',
      message: 'unknown key `ownr`',
      hint: 'did you mean `owner`?',
      at: 'inlane.yaml:3:1',
    });
    expect(isValid({ ...report, diagnostics: [] })).toBe(false);
    expect(isValid({ ...report, exit: 0 })).toBe(false);
  });
});

describe('verdict and exit', () => {
  it.each([
    ['allow', 0],
    ['needs-approval', 3],
    ['deny', 1],
    ['undecided', 2],
  ] as const)('%s exits %i', (verdict, exit) => {
    expect(exitOf(verdict)).toBe(exit);
  });

  it('takes the worst of a set; nothing at all is undecided', () => {
    expect(worstOf(['allow', 'needs-approval', 'deny'])).toBe('deny');
    expect(worstOf(['deny', 'undecided', 'allow'])).toBe('undecided');
    expect(worstOf([])).toBe('undecided');
  });

  it('observes: exits 0, keeps the verdict, and never hides a 2', () => {
    const denied = buildReport(s.input([s.deniedQueue('a')], { observe: true }));
    expect(denied).toMatchObject({ verdict: 'deny', exit: 1, observe: true });
    expect(processExit(denied)).toBe(0);
    const undecided = undecidedReport(new InlaneError('io', 'x'), { path: 'b', observe: true });
    expect(processExit(undecided)).toBe(2);
    const set = reportSet([denied, undecided]);
    expectValid(set);
    expect(set).toMatchObject({ verdict: 'undecided', exit: 2 });
    expect(processExit(set)).toBe(2);
    expect(processExit(reportSet([]))).toBe(2);
  });
});
