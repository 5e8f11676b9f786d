import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { buildReport, undecidedReport } from '../../src/report/build.ts';
import { diagnosticsText } from '../../src/report/formats/diagnostics.ts';
import { runsOf } from '../../src/report/formats/group.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';
import { FORMATS, type FormatOptions, loadFormat, wholeText } from '../../src/report/formats.ts';
import { reportOfRow } from '../../src/report/row.ts';
import { reportSet } from '../../src/report/set.ts';
import * as s from './samples.ts';

const PLAIN: FormatOptions = { view: 'plan', colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: false };
const SGR = '\u001b[';

function lines(rows: Parameters<typeof s.input>[0], options: Partial<FormatOptions> = {}, ...rest: never[]): string[] {
  return text(buildReport(s.input(rows, ...rest)), { ...PLAIN, ...options }).split('\n');
}

const many = <T>(number: number, make: (index: number) => T): T[] => Array.from({ length: number }, (_, index) => make(index));

describe('first line', () => {
  it.each([
    ['DENY  plan.json: 2 of 23 changes out of lane for dana (human; developers)', [s.deniedReplace(), s.deniedQueue('q')]],
    ['ALLOW  plan.json: all 21 changes in lane for dana (human; developers)', []],
  ])('%s', (line, denied) => {
    const rows = [...denied, ...many(21, (index) => s.allowedQueue(`jobs[${index}]`)), s.idle('aws_vpc.main')];
    expect(lines(rows)[0]).toBe(line);
  });

  it('says what an approval would do', () => {
    const row = s.row(
      s.change('a.b', ['create']),
      ['create'],
      [s.atom('create', 'after', 'needs-approval', { because: [s.GUARD] })],
    );
    expect(lines([row, s.allowedQueue('q')])[0]).toBe(
      'NEEDS-APPROVAL  plan.json: 1 of 2 changes in lane once approved, for dana (human; developers)',
    );
  });

  it('says when it is the plan and no row', () => {
    const because = [{ kind: 'plan' as const, id: 'errored', at: null, why: 'the plan is errored', ask: null, observed: false }];
    const report = buildReport(s.input([s.allowedQueue('q')], {}, { verdict: 'deny', because }));
    const shown = text(report, PLAIN).split('\n');
    expect(shown[0]).toBe('DENY  plan.json: out of lane as a whole for dana (human; developers)');
    expect(shown).toContain('DENY  the plan as a whole');
    expect(shown).toContain('  plan errored: the plan is errored');
  });

  it('tells agents, the person acted for, and nobody', () => {
    const first = (over: object) => text(buildReport(s.input([s.allowedQueue('q')], over)), PLAIN).split('\n')[0];
    expect(first({ principal: s.AGENT, forPrincipal: s.DANA })).toBe(
      'ALLOW  plan.json: the one change is in lane for db-upgrader (agent; tier T2; orders; owner dana), acting for dana',
    );
    expect(first({ principal: s.ANONYMOUS })).toContain('for anonymous (kind unknown; teams unknown)');
    expect(first({ observe: true })).toMatch(/\(observed only: exits 0\)$/);
  });

  it('holds for undecided plans, and for several', () => {
    const undecided = undecidedReport(new InlaneError('plan-unreadable', 'not JSON', 'make it anew'), { path: 'b.json' });
    expect(text(undecided, PLAIN)).toBe('UNDECIDED  b.json: nothing was decided (plan-unreadable)\n');
    expect(diagnosticsText([undecided], ['error'])).toBe('error[plan-unreadable]: not JSON; make it anew\n');
    const set = reportSet([buildReport(s.input([s.allowedQueue('q')])), undecided]);
    const shown = text(set, { ...PLAIN, quiet: true }).split('\n');
    expect(shown[0]).toBe('UNDECIDED  2 plans: 1 undecided, 1 allow');
    expect(shown.slice(1, 3).map((line) => line.split(' ')[0])).toEqual(['ALLOW', 'UNDECIDED']);
  });
});

describe('rows', () => {
  it('prints rows in and rows decided', () => {
    expect(lines([s.deniedReplace(), s.idle('aws_vpc.main')])[1]).toBe(
      '  2 rows in the plan, 2 decided: 1 allow, 1 deny; 1 create, 1 destroy',
    );
  });

  it('shows rule, place, facts with sources, nearest lane and ways out of a denied row', () => {
    expect(lines([s.deniedReplace()]).slice(3)).toEqual([
      '',
      'DENY  destroy + create aws_db_instance.main',
      '  destroy: guard no-prod-drop (inlane.yaml:61:5): data outlives the instance that holds it',
      '    nearest: lane developer (inlane.yaml:41:9) wants environment not production (found production',
      '      [workspace shop-prod])',
      '  create: no lane allows it',
      '    nearest: lane developer (inlane.yaml:41:9) wants environment not production (found production',
      '      [workspace shop-prod])',
      '  facts',
      '    environment = production [workspace shop-prod]',
      '    class = database, stateful [catalog]',
      '  ways out',
      '    - leave `identifier` as it is: that change forces the replacement',
      '    - ask about guard no-prod-drop: #platform-db',
      '',
    ]);
  });

  it('groups like rows in one line, hides idle ones with a count, and lists them when asked', () => {
    const rows = [...many(30, (index) => s.allowedQueue(`jobs[${index}]`)), s.idle('aws_vpc.a'), s.idle('aws_vpc.b')];
    expect(lines(rows)).toContain('30 x create aws_sqs_queue: allow, lane developer');
    expect(lines(rows)).toContain('2 rows without effect: allow (--no-changed-only lists them)');
    expect(lines(rows, { changedOnly: false })).toContain('2 x no-op aws_vpc: allow');
    expect(JSON.parse(wholeText(json(buildReport(s.input(rows)), PLAIN))).changes).toHaveLength(32);
    expect(JSON.parse(wholeText(json(buildReport(s.input(rows)), { ...PLAIN, changedOnly: true }))).changes).toHaveLength(30);
  });

  it('groups denied rows with all their names, one remedy for all', () => {
    const shown = lines(many(30, (index) => s.deniedQueue(`jobs[${index}]`)));
    expect(shown).toContain('DENY  30 x create aws_sqs_queue');
    expect(shown).toContain('  aws_sqs_queue.jobs[0] to [29]');
    expect(shown.filter((line) => line.includes('id: tmp-'))).toHaveLength(1);
  });

  it('never hides a no-op that its tags deny', () => {
    const tag = { ...s.GUARD, kind: 'tag' as const, id: 'tag-missing', at: null, why: 'lacks `team`', ask: null };
    const row = s.row(s.change('aws_vpc.main', ['no-op']), [], [s.atom(null, null, 'deny', { because: [tag] })]);
    expect(lines([row])).toEqual(expect.arrayContaining(['DENY  no-op aws_vpc.main', '  tags: tag-missing: lacks `team`']));
  });

  it('says what an observed rule would do to an allowed row', () => {
    const because = [s.LANE, { ...s.GUARD, observed: true }];
    const row = s.row(s.change('a.b', ['create']), ['create'], [s.atom('create', 'after', 'allow', { because })]);
    expect(lines([row]).join('\n')).toContain('would count if it were enforced: guard no-prod-drop (inlane.yaml:61:5)');
  });

  it('keeps to 100 columns and never cuts an address, blanks in its key included', () => {
    const long = `${'a'.repeat(60)}["${'b c '.repeat(20)}"]`;
    const shown = lines([s.deniedQueue(long), s.deniedQueue(`x${long}`), s.deniedReplace()]);
    expect(shown.some((line) => line.includes(`aws_sqs_queue.${long}`))).toBe(true);
    for (const line of shown.slice(1)) if (line.length > 100) expect(line.trim()).toMatch(/^aws_sqs_queue\.\S.*\]?$/);
  });

  it('stays short for 500 rows', () => {
    const rows = [
      ...many(400, (index) => s.allowedQueue(`jobs[${index}]`)),
      ...many(99, (index) => s.deniedQueue(`more[${index}]`)),
      s.deniedReplace(),
    ];
    expect(lines(rows).length).toBeLessThan(60);
  });
});

describe('colours', () => {
  it('come only when asked for, and change nothing else', () => {
    const rows = [s.deniedReplace(), s.allowedQueue('q')];
    const plain = lines(rows).join('\n');
    const coloured = lines(rows, { colour: true }).join('\n');
    expect(plain).not.toContain(SGR);
    expect(coloured).toContain(SGR);
    expect(
      coloured
        .split(SGR)
        .map((part, index) => (index === 0 ? part : part.replace(/^\d+m/, '')))
        .join(''),
    ).toBe(plain);
  });
});

describe('one row', () => {
  const report = buildReport(
    s.input([
      s.deniedReplace(),
      s.allowedQueue('jobs'),
      s.row(s.change('a.b', ['delete'], { deposed: 'k' }), ['destroy'], [s.atom('destroy', 'before', 'allow')]),
    ]),
  );

  it('takes that row, its verdict and its exit code', () => {
    const row = reportOfRow(report, 'aws_sqs_queue.jobs');
    expect(row).toMatchObject({ verdict: 'allow', exit: 0, summary: { allow: 1, deny: 0, operations: { create: 1 } } });
    expect(row.changes.map((change) => change.address)).toEqual(['aws_sqs_queue.jobs']);
    expect(row.diagnostics.at(-1)).toMatchObject({ code: 'plan-verdict', message: 'the plan as a whole: deny' });
  });

  it('says which lane allowed it, at which place', () => {
    const shown = text(reportOfRow(report, 'aws_sqs_queue.jobs'), { ...PLAIN, view: 'row' });
    expect(shown.split('\n')[0]).toBe('ALLOW  plan.json: create aws_sqs_queue.jobs for dana (human; developers)');
    expect(shown).toContain('create (after): allow: lane developer (inlane.yaml:41:9)');
    expect(shown).toContain('environment = development [tag environment = dev]');
  });

  it('knows deposed objects by their spelling', () => {
    expect(reportOfRow(report, 'a.b (deposed k)').changes).toHaveLength(1);
    expect(reportOfRow(report, 'a.b').changes).toHaveLength(1);
  });

  it('names the nearest address for one that is not there', () => {
    expect(() => reportOfRow(report, 'aws_db_instance.mian')).toThrow(
      expect.objectContaining({ code: 'address-unknown', hint: 'did you mean `aws_db_instance.main`?' }),
    );
  });
});

describe('formats', () => {
  it('loads every one that is named', async () => {
    expect(FORMATS.size).toBeGreaterThan(1);
    for (const name of FORMATS.keys()) {
      const format = await loadFormat(name, FORMATS);
      expect(wholeText(format(buildReport(s.input([])), PLAIN))).toMatch(/\n$/);
    }
  });

  it('names the nearest for one that is not known', async () => {
    await expect(loadFormat('jsn', FORMATS)).rejects.toMatchObject({
      code: 'usage',
      hint: 'did you mean `json`? the formats are text, json, markdown, sarif, junit, github, gitlab, html',
    });
    await expect(loadFormat('constructor', FORMATS)).rejects.toMatchObject({ code: 'usage' });
  });
});

it('shortens runs of instance keys only', () => {
  expect(runsOf(['a[0]', 'a[1]', 'a[2]', 'a[4]', 'b[5]', 'b[6]', 'c', 'd["1"]', 'd["2"]'])).toEqual([
    'a[0] to [2]',
    'a[4]',
    'b[5]',
    'b[6]',
    'c',
    'd["1"]',
    'd["2"]',
  ]);
});
