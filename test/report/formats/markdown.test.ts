import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../../src/errors.ts';
import { buildReport, undecidedReport } from '../../../src/report/build.ts';
import { markdown } from '../../../src/report/formats/markdown.ts';
import type { Report } from '../../../src/report/report.ts';
import { reportOfRow } from '../../../src/report/row.ts';
import { reportSet } from '../../../src/report/set.ts';
import * as s from '../samples.ts';
import { deniedKinds, located, PLAN, reportOf } from './samples.ts';
import { rendered, tagsOf } from './valid.ts';

const bytes = (text: string) => Buffer.byteLength(text);
const cells = (html: string) => [...html.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell]) => cell);

describe('a comment', () => {
  it('begins with the verdict and has a line of the table for each group', () => {
    const rows = [s.deniedReplace(), ...Array.from({ length: 30 }, (_, i) => s.deniedQueue(`jobs[${i}]`)), s.allowedQueue('ok')];
    const text = markdown(buildReport(s.input(rows)), PLAN);
    expect(text.split('\n')[0]).toBe('## DENY: plan.json: 31 of 32 changes out of lane for dana (human; developers)');
    expect(cells(rendered(text))).toEqual([
      '<strong>deny</strong>',
      'destroy + create <code>aws_db_instance.main</code>',
      'destroy: guard no-prod-drop (inlane.yaml:\u200b61:5): data outlives the instance that holds it<br>create: no lane allows it',
      '<strong>deny</strong>',
      '30 x create <code>aws_sqs_queue.jobs[0] to [29]</code>',
      'create: no lane allows it',
    ]);
    const folds = [...rendered(text).matchAll(/<summary>(.*?)<\/summary>/g)].map(([, summary]) => summary);
    expect(folds).toEqual(['destroy + create aws_db_instance.main', '30 x create aws_sqs_queue', '1 row in lane']);
  });

  it('shows where a row stands, and code to be copied in fences that its text cannot end', () => {
    const text = markdown(located(), PLAN);
    expect(cells(rendered(text))[1]).toBe('destroy + create <code>aws_db_instance.main</code> db.tf:12');
    expect(rendered(text)).toContain('<code class="language-hcl">  tags = {\n    team = &quot;orders&quot;\n  }\n</code>');
    expect(rendered(text)).toContain('<code class="language-yaml">grants:\n  - id: tmp\n    who: {kind: human}\n</code>');
    const hostile = located();
    const [row] = hostile.changes;
    const insert = 'x\n````\n</details>\n<script>alert(1)</script> @root\n~~~\n';
    const remedies = [{ kind: 'edit' as const, text: 'x', file: null, line: null, insert }];
    const fenced = rendered(markdown({ ...hostile, changes: row ? [{ ...row, remedies }] : [] }, PLAN));
    expect(fenced).toContain(
      '<code class="language-hcl">x\n````\n&lt;/details&gt;\n&lt;script&gt;alert(1)&lt;/script&gt; @root\n~~~\n</code>',
    );
  });

  it('of a row leaves nothing out and folds nothing away', () => {
    const report = buildReport(s.input([s.deniedReplace(), s.allowedQueue('ok')]));
    const text = markdown(reportOfRow(report, 'aws_db_instance.main'), { ...PLAN, view: 'row' });
    expect(text.split('\n')[0]).toBe(
      '## DENY: plan.json: destroy + create aws\\_db\\_instance.main for dana (human; developers)',
    );
    const html = rendered(text);
    for (const words of ['replaced because of identifier', 'class = database, stateful', 'ask about guard no-prod-drop'])
      expect(html).toContain(words);
    expect(html).not.toContain('<details>\n<summary>destroy');
  });

  it('of several plans has the worst first and each below', () => {
    const undecided = undecidedReport(new InlaneError('plan-unreadable', 'not `JSON`', 'make it anew'), { path: 'b.json' });
    const text = markdown(reportSet([buildReport(s.input([s.allowedQueue('q')])), undecided]), PLAN);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '## UNDECIDED: 2 plans: 1 undecided, 1 allow',
      '### ALLOW: plan.json: the one change is in lane for dana (human; developers)',
      '### UNDECIDED: b.json: nothing was decided (plan-unreadable)',
    ]);
    expect(text).toContain('- error plan-unreadable: not \\`JSON\\`; make it anew');
  });
});

describe('a comment that is too long', () => {
  const allowed = (number: number) =>
    deniedKinds(number, (index) => ({ address: `acme_ok_${index}.main`, type: `acme_ok_${index}`, verdict: 'allow' as const }));
  const many = (denied: number, passing: number): Report => reportOf([...deniedKinds(denied), ...allowed(passing)]);
  const counts = (text: string) => ({
    rows: cells(rendered(text)).length / 3,
    facts: text.split('**facts**').length - 1,
    ways: text.split('**ways out**').length - 1,
    allowed: text.match(/^- create acme\\_ok\\_/gm)?.length ?? 0,
  });
  /** The sum of what is shown and of what each sentence about the rest counts. */
  const left = (text: string, words: RegExp) => [...text.matchAll(words)].reduce((sum, [, number]) => sum + Number(number), 0);

  it('has all where there is room', () => {
    expect(counts(markdown(many(10, 5), PLAN))).toEqual({ rows: 10, facts: 10, ways: 10, allowed: 5 });
    expect(markdown(many(10, 5), PLAN)).not.toContain('left out');
  });

  it('loses what passes first, then facts, then ways out, then rows, and counts each', () => {
    const report = many(20, 200);
    const seen: ReturnType<typeof counts>[] = [];
    for (const limit of [65_536, 30_000, 20_000, 14_000, 9_000, 6_000, 3_000, 1_000]) {
      const text = markdown(report, { ...PLAN, limit });
      expect(bytes(text)).toBeLessThanOrEqual(limit);
      const shown = counts(text);
      seen.push(shown);
      expect(shown.allowed + left(text, /^(\d+) more lines? left out here/gm)).toBe(200);
      expect(shown.rows + left(text, /^(\d+) more groups? of changes like these left out here/gm)).toBe(20);
      if (shown.allowed < 200 && shown.allowed > 0) expect(shown.facts).toBe(20);
      if (shown.facts < 20 && shown.facts > 0) expect([shown.allowed, shown.ways]).toEqual([0, 20]);
      if (shown.ways < 20 && shown.ways > 0) expect([shown.facts, shown.rows]).toEqual([0, 20]);
      if (shown.rows < 20) expect([shown.allowed, shown.facts, shown.ways]).toEqual([0, 0, 0]);
    }
    // Each stage was seen.
    expect(seen.some(({ allowed: n }) => n > 0 && n < 200)).toBe(true);
    expect(seen.some(({ facts }) => facts > 0 && facts < 20)).toBe(true);
    expect(seen.some(({ ways }) => ways > 0 && ways < 20)).toBe(true);
    expect(seen.some(({ rows }) => rows > 0 && rows < 20)).toBe(true);
  });

  it('never loses its form: folds and fences are closed at every length', () => {
    const [row] = located().changes;
    const report = many(12, 30);
    const changes = report.changes.map((change) =>
      change.verdict === 'deny' && row ? { ...change, remedies: row.remedies } : change,
    );
    for (let limit = 400; limit < 25_000; limit += 1_500) {
      const text = markdown({ ...report, changes }, { ...PLAN, limit });
      expect(bytes(text)).toBeLessThanOrEqual(limit);
      expect(text.startsWith('## DENY')).toBe(true);
      expect(text.endsWith('\n')).toBe(true);
      const tags = tagsOf(rendered(text));
      expect(tags.filter((tag) => tag === '<details>')).toHaveLength(tags.filter((tag) => tag === '</details>').length);
      expect((text.match(/^ *```/gm) ?? []).length % 2).toBe(0);
      expect(text.match(/<details>/g)?.length ?? 0).toBe(tags.filter((tag) => tag === '<details>').length);
    }
  });

  it('counts bytes, which are never fewer than characters, and says the verdict in any room', () => {
    const wide = reportOf(deniedKinds(400, (index) => ({ address: `acme.${'データ'.repeat(20)}${index}` })));
    const text = markdown(wide, PLAN);
    expect(bytes(text)).toBeLessThanOrEqual(65_536);
    expect(bytes(text)).toBeGreaterThan(60_000);
    expect(markdown(wide, { ...PLAN, limit: 120 })).toBe(
      '## DENY\n\nThere is no room for more than the verdict here; `--format json` has all.\n',
    );
    expect(markdown(wide, { ...PLAN, limit: 20 })).toBe('## DENY\n');
    expect(bytes(markdown(wide, { ...PLAN, limit: 1_048_576 }))).toBeGreaterThan(65_536);
  });
});
