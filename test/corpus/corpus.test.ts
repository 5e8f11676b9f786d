import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gate } from '../../src/gate.ts';
import { readPlan } from '../../src/plan/read.ts';
import { isPresent, root, shared } from '../stories.ts';

const folder = join(shared, 'corpus', 'files');
const missing = !isPresent(folder);

/** Codes of an input that is not a plan, or not one that can be trusted. */
const NAMED = new Set(['plan-wrong-file', 'plan-unreadable', 'plan-unsupported', 'plan-tool']);

describe('the corpus of real plans', () => {
  it('stands beside the project', ({ skip }) => {
    if (missing && process.env.INLANE_E2E !== 'required') skip('the corpus is absent: set INLANE_SHARED');
    expect(missing).toBe(false);
  });

  it.skipIf(missing)(
    'every row of every plan is decided, and every other file is named',
    async () => {
      const files = readdirSync(folder).sort();
      const verdicts = new Map<string, number>();
      const named = new Map<string, number>();
      const wrong: string[] = [];
      let rows = 0;
      let decided = 0;
      let managed = 0;
      let classed = 0;
      for (const file of files) {
        const path = join(folder, file);
        const { reports } = await gate({
          plans: [path],
          lanes: [join(root, 'fixtures/lanes/inlane.yaml')],
          as: 'dana',
          now: '2026-11-20T12:00:00Z',
          cwd: root,
          env: {},
        });
        const report = reports[0];
        if (!report) throw new Error(`${file}: no report`);
        count(verdicts, report.verdict);
        if (report.verdict === 'undecided') {
          const code = report.diagnostics[0]?.code ?? 'none';
          count(named, code);
          if (!NAMED.has(code)) wrong.push(`${file}: ${code}`);
          if (!report.diagnostics[0]?.hint) wrong.push(`${file}: an error without a hint`);
          continue;
        }
        const inFile = [...(await readPlan(path, { env: {} })).rows()].length;
        rows += inFile;
        decided += report.changes.length;
        const objects = report.changes.filter((change) => change.mode === 'managed');
        managed += objects.length;
        classed += objects.filter((change) => change.classes.length > 0).length;
        if (report.plan?.decided !== inFile || report.changes.length !== inFile)
          wrong.push(`${file}: ${inFile} rows, ${report.changes.length} decided`);
        const failed = report.changes.filter((change) => change.decisions.some((d) => d.because.some((b) => b.kind === 'error')));
        if (failed.length > 0) wrong.push(`${file}: ${failed.length} rows failed: ${JSON.stringify(failed[0]?.decisions)}`);
        const mute = report.changes.filter((c) => c.verdict !== 'allow' && !c.decisions.some((d) => d.because.length > 0));
        if (mute.length > 0) wrong.push(`${file}: ${mute.length} rows are not allowed and no reason is given`);
      }
      console.log(
        `corpus: ${files.length} files; ${show(verdicts)}; not plans: ${show(named)}; rows in ${rows}, decided ${decided}; ${classed} of ${managed} managed rows have a class; 0 crashes`,
      );
      expect(wrong).toEqual([]);
      expect(files.length).toBeGreaterThanOrEqual(811);
      expect(decided).toBe(rows);
      expect(rows).toBeGreaterThan(8000);
      expect(classed / managed).toBeGreaterThanOrEqual(0.99);
    },
    240_000,
  );
});

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function show(map: ReadonlyMap<string, number>): string {
  return [...map]
    .sort()
    .map(([key, n]) => `${n} ${key}`)
    .join(', ');
}
