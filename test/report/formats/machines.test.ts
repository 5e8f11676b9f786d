import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../../src/errors.ts';
import { buildReport, undecidedReport } from '../../../src/report/build.ts';
import { github } from '../../../src/report/formats/github.ts';
import { gitlab } from '../../../src/report/formats/gitlab.ts';
import { junit } from '../../../src/report/formats/junit.ts';
import { sarif } from '../../../src/report/formats/sarif.ts';
import { uriOf } from '../../../src/report/formats/sarif-parts.ts';
import type { Report, ReportChange } from '../../../src/report/report.ts';
import { reportSet } from '../../../src/report/set.ts';
import * as s from '../samples.ts';
import { deniedKinds, located, PLAN, reportOf } from './samples.ts';
import { junitProblems, sarifRun } from './valid.ts';

const approval = s.row(
  s.change('aws_s3_bucket.logs', ['create']),
  ['create'],
  [s.atom('create', 'after', 'needs-approval', { because: [s.LANE, s.GUARD] })],
);
const undecided = undecidedReport(new InlaneError('plan-unreadable', 'not JSON', 'make it anew'), { path: 'b.json' });

describe('sarif', () => {
  const run = (report: Report | Parameters<typeof sarif>[0]) => sarifRun(sarif(report, PLAN));
  const prints = (report: Parameters<typeof sarif>[0]) =>
    run(report).results?.map((one) => one.partialFingerprints?.primaryLocationLineHash);

  it('has a result for each rule that stands against an operation, its place, and where the rule stands', () => {
    const { results = [] } = run(located());
    expect(results.map(({ ruleId, level, properties }) => [ruleId, level, properties?.operation])).toEqual([
      ['guard/no-prod-drop', 'error', 'destroy'],
      ['no-lane', 'error', 'create'],
    ]);
    expect(results[0]?.locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: 'db.tf', uriBaseId: '%SRCROOT%' }, region: { startLine: 12 } },
        logicalLocations: [{ fullyQualifiedName: 'aws_db_instance.main', kind: 'resource' }],
      },
    ]);
    expect(results[0]?.relatedLocations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'inlane.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 61, startColumn: 5 },
    });
    expect(results[0]?.message.text).toMatch(
      /^destroy: aws_db_instance\.main: guard no-prod-drop \(inlane\.yaml:61:5\): data outlives/,
    );
    expect(results[0]?.message.text).toContain('\nway out: say who owns it (db.tf:15)\n');
  });

  it('stands in the plan file where no place is known', () => {
    const [result] = run(buildReport(s.input([s.deniedReplace()]))).results ?? [];
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe('plan.json');
  });

  it.each([
    ['plan.json', 'plan.json'],
    ['./a/../b plan.json', 'a/../b%20plan.json'],
    ['/home/dana/stack/plan.json', 'plan.json'],
    ['C:\\stack\\plan.json', 'plan.json'],
    ['stacks\\prod\\plan.json', 'stacks/prod/plan.json'],
    ['a:b/c?d#e.json', 'a%3Ab/c%3Fd%23e.json'],
    ['-', '-'],
    ['x\ud800y', 'x%EF%BF%BDy'],
  ])('spells %j as %j', (file, uri) => expect(uriOf(file)).toBe(uri));

  it('has fingerprints of row, operation and rule: no line, no verdict of others, no order changes them', () => {
    const before = prints(located(12));
    expect(prints(located(99))).toEqual(before);
    const [row] = located().changes as readonly [ReportChange];
    expect(prints(reportOf([...deniedKinds(3), row]))?.slice(-2)).toEqual(before);
    expect(prints(reportOf([{ ...row, address: 'aws_db_instance.other' }]))).not.toEqual(before);
    // The same address in two plans is two things.
    expect(
      new Set(
        prints(
          reportSet([located(), { ...located(), plan: { ...(located().plan as NonNullable<Report['plan']>), path: 'b.json' } }]),
        ),
      ).size,
    ).toBe(4);
  });

  it('is a warning where an approval is due, and names no lane as what stands against it', () => {
    const { results = [] } = run(buildReport(s.input([approval])));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([['guard/no-prod-drop', 'warning']]);
  });

  it('says that nothing was decided: no success, the exit code, a result, so that no alert is closed', () => {
    const { results = [], invocations = [] } = run(reportSet([located(), undecided]));
    expect(invocations.map(({ executionSuccessful, exitCode }) => [executionSuccessful, exitCode])).toEqual([
      [true, 2],
      [false, 2],
    ]);
    expect(results.at(-1)).toMatchObject({
      ruleId: 'undecided/plan-unreadable',
      level: 'error',
      provenance: { invocationIndex: 1 },
    });
    expect(invocations[1]?.toolExecutionNotifications?.[0]).toMatchObject({
      level: 'error',
      message: { text: 'not JSON; make it anew' },
    });
    const observed = run({ ...located(), observe: true });
    expect(observed.invocations?.[0]?.exitCode).toBe(0);
    expect(observed.results?.[0]?.level).toBe('error');
  });

  it('opens no link and holds no placeholder', () => {
    const [row] = located().changes as readonly [ReportChange];
    const text = run(reportOf([{ ...row, address: 'a["[x](https://e.example) {0}"]' }])).results?.[0]?.message.text ?? '';
    expect(text).toContain('[x]\\(https://e.example) {{0}}');
  });

  it('leaves out the mildest results beyond what GitHub takes, and says so', () => {
    const many = deniedKinds(25_010);
    const [first] = many as readonly [ReportChange];
    const finding = {
      code: 'tag-weak',
      severity: 'warn' as const,
      address: first.address,
      key: null,
      message: 'weak',
      fix: null,
    };
    const log = JSON.parse(sarif(reportOf(many, { findings: [finding] }), PLAN));
    expect(log.runs[0].results).toHaveLength(25_000);
    expect(log.runs[0].results.every((one: { level: string }) => one.level === 'error')).toBe(true);
    expect(log.runs[0].invocations[0].toolExecutionNotifications.at(-1)).toMatchObject({
      descriptor: { id: 'results-left-out' },
      message: { text: expect.stringMatching(/^11 results are left out/) },
    });
  });
});

describe('junit', () => {
  it('has a case for each row: a failure where it is denied or waits for an approval', async () => {
    const text = junit(buildReport(s.input([s.deniedReplace(), approval, s.allowedQueue('q'), s.idle('aws_vpc.main')])), PLAN);
    expect(await junitProblems(new Map([['a', text]]))).toEqual([]);
    expect(text).toContain('<testsuites name="inlane gate" tests="4" failures="2" errors="0">');
    expect(text).toContain('<testcase classname="aws_sqs_queue" name="aws_sqs_queue.q"/>');
    expect(text).toContain('<testcase classname="aws_vpc" name="aws_vpc.main"/>');
    expect([...text.matchAll(/<failure type="(.*?)" message="(.*?)">/g)].map(([, type, message]) => [type, message])).toEqual([
      ['deny', 'destroy + create: deny'],
      ['needs-approval', 'create: needs-approval'],
    ]);
    expect(junit(buildReport(s.input([s.deniedReplace(), s.idle('aws_vpc.main')])), { ...PLAN, changedOnly: true })).toContain(
      'tests="1"',
    );
  });

  it('says the place, the reason, the facts and the ways out', () => {
    const text = junit(located(), PLAN);
    for (const line of [
      '>in db.tf:12\ndestroy: guard no-prod-drop (inlane.yaml:61:5): data outlives the instance that holds it\n',
      '\nfact: environment = production [workspace shop-prod]\n',
      '\nway out: say who owns it (db.tf:15)\n      tags = {\n        team = &quot;orders&quot;\n      }\n',
      '\nway out: a temporary grant, for a lane file\n    grants:\n      - id: tmp\n',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('has a suite for each plan, an error for one that was not decided, and a failure for the plan as a whole', async () => {
    const because = [{ kind: 'plan' as const, id: 'errored', at: null, why: 'the plan is errored', ask: null, observed: false }];
    const whole = buildReport(s.input([s.allowedQueue('q')], {}, { verdict: 'deny', because }));
    const text = junit(reportSet([whole, undecided]), PLAN);
    expect(await junitProblems(new Map([['a', text]]))).toEqual([]);
    expect(text).toContain('<testsuites name="inlane gate: 2 plans: 1 undecided, 1 deny" tests="3" failures="1" errors="1">');
    expect(text).toContain('<failure type="plan" message="plan errored: the plan is errored">');
    expect(text).toContain(
      '<error type="plan-unreadable" message="not JSON">error[plan-unreadable]: not JSON; make it anew</error>',
    );
  });

  it('holds no character that XML cannot', async () => {
    const [row] = located().changes as readonly [ReportChange];
    const address = 'a["\u0000\u0008\u000b\ufffe\uffff\ud800]]>&<x/>\u001b"]';
    const text = junit(reportOf([{ ...row, address, type: address }]), PLAN);
    expect(await junitProblems(new Map([['a', text]]))).toEqual([]);
    expect(text).toContain('name="a[&quot;\\u0000\\u0008\\u000b\\ufffe\\uffff\\ud800]]&gt;&amp;&lt;x/&gt;\\u001b&quot;]"');
  });
});

describe('github', () => {
  const lines = (report: Parameters<typeof github>[0]) => github(report, PLAN).split('\n').slice(0, -1);

  it('is an error at the line of the row, a warning for an approval, and the verdict as a notice', () => {
    expect(lines(located())[0]).toMatch(
      /^::error file=db\.tf,line=12,title=inlane%3A out of lane::destroy \+ create aws_db_instance\.main%0Adestroy: guard no-prod-drop \(inlane\.yaml:61:5\)/,
    );
    expect(lines(located()).at(-1)).toBe(
      '::notice title=inlane%3A DENY::plan.json: 1 of 1 change out of lane for dana (human; developers)',
    );
    expect(lines(buildReport(s.input([approval])))[0]).toMatch(
      /^::warning title=inlane%3A in lane once approved::create aws_s3_bucket\.logs%0A/,
    );
    expect(lines(undecided)).toEqual([
      '::error title=inlane%3A plan-unreadable::not JSON; make it anew',
      '::error title=inlane%3A UNDECIDED::b.json: nothing was decided (plan-unreadable)',
    ]);
  });

  it('joins rows that are decided alike at one line, and parts those of other lines', () => {
    const rows = (line: (index: number) => number) =>
      buildReport(s.input(Array.from({ length: 4 }, (_, i) => s.deniedQueue(`jobs[${i}]`)))).changes.map((row, index) => ({
        ...row,
        source: { file: 'q.tf', line: line(index) },
      }));
    expect(lines(reportOf(rows(() => 3))).filter((line) => line.startsWith('::error'))).toHaveLength(1);
    expect(lines(reportOf(rows((index) => index + 1))).filter((line) => line.startsWith('::error'))).toHaveLength(4);
  });

  it('keeps to ten of a level, the last of which counts the rest', () => {
    const all = (number: number) => lines(reportOf(deniedKinds(number))).filter((line) => line.startsWith('::error'));
    expect(all(10)).toHaveLength(10);
    expect(all(10).at(-1)).toContain('acme_kind_9.main');
    expect(all(35)).toHaveLength(10);
    expect(all(35).at(-2)).toContain('acme_kind_8.main');
    expect(all(35).at(-1)).toMatch(/^::error title=inlane%3A and 26 more::26 more errors are not annotated/);
  });
});

describe('gitlab', () => {
  interface Issue {
    description: string;
    check_name: string;
    fingerprint: string;
    severity: string;
    location: { path: string; lines: { begin: number } };
  }
  /** Only what docs.gitlab.com documents of a code quality report, as it documents it. */
  const issues = (report: Parameters<typeof gitlab>[0]): readonly Issue[] => {
    const found = JSON.parse(gitlab(report, PLAN)) as Issue[];
    for (const issue of found) {
      expect(Object.keys(issue)).toEqual(['description', 'check_name', 'fingerprint', 'severity', 'location']);
      expect(issue.description).not.toBe('');
      expect(issue.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(issue.severity);
      expect(Object.keys(issue.location)).toEqual(['path', 'lines']);
      expect(issue.location.path).not.toMatch(/^\.?\//);
      expect(Number.isInteger(issue.location.lines.begin) && issue.location.lines.begin > 0).toBe(true);
    }
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
    return found;
  };

  it('has an issue for each rule that stands against an operation, at its place', () => {
    const found = issues(located());
    expect(
      found.map(({ check_name, severity, location }) => [check_name, severity, location.path, location.lines.begin]),
    ).toEqual([
      ['inlane/guard/no-prod-drop', 'critical', 'db.tf', 12],
      ['inlane/no-lane', 'critical', 'db.tf', 12],
    ]);
    expect(found[0]?.description).toContain('\nway out: say who owns it (db.tf:15)');
  });

  it('keeps its fingerprints when lines move, and tells things that are alike apart', () => {
    const prints = (report: Report) => issues(report).map(({ fingerprint }) => fingerprint);
    expect(prints(located(99))).toEqual(prints(located(12)));
    const [row] = located().changes as readonly [ReportChange];
    expect(prints(reportOf([row, row]))).toHaveLength(4);
  });

  it('is major where an approval is due, a blocker where nothing was decided, and empty where all is in lane', () => {
    expect(issues(buildReport(s.input([approval]))).map(({ severity }) => severity)).toEqual(['major']);
    expect(issues(undecided).map(({ severity, check_name, location }) => [severity, check_name, location.path])).toEqual([
      ['blocker', 'inlane/undecided/plan-unreadable', 'b.json'],
    ]);
    expect(issues(buildReport(s.input([s.allowedQueue('q')])))).toEqual([]);
  });

  it('spells a path as it is, not as a URI', () => {
    const [row] = located().changes as readonly [ReportChange];
    const [first] = issues(reportOf([{ ...row, source: { file: 'my stack/a%b.tf', line: 3 } }]));
    expect(first?.location).toEqual({ path: 'my stack/a%b.tf', lines: { begin: 3 } });
  });
});

describe('a stack that is not the root of its repository', () => {
  const inStack = (file: string): Report => {
    const report = located();
    return {
      ...report,
      stack: 'stacks/prod/orders',
      changes: report.changes.map((row) => ({ ...row, source: row.source && { ...row.source, file } })),
    };
  };

  it.each([
    ['db.tf', 'stacks/prod/orders/db.tf'],
    ['../../../modules/db/main.tf', 'modules/db/main.tf'],
  ])('%s is named as its repository names it', (file, named) => {
    const report = inStack(file);
    const places = sarifRun(sarif(report, PLAN)).results?.map(
      ({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri,
    );
    expect(new Set(places)).toEqual(new Set([named]));
    expect(github(report, PLAN)).toContain(`::error file=${named},line=12,`);
    const issues = JSON.parse(gitlab(report, PLAN)) as { location: { path: string } }[];
    expect(new Set(issues.map(({ location }) => location.path))).toEqual(new Set([named]));
  });
});
