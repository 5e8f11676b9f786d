import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gateEach } from '../../src/gate.ts';
import { simulate } from '../../src/simulate.ts';
import { filesOf } from '../../src/surroundings/files.ts';
import { isPresent, root, shared } from '../stories.ts';

const folder = join(shared, 'corpus', 'files');
const missing = !isPresent(folder);

describe('inlane simulate over the corpus of real plans', () => {
  it('stands beside the project', ({ skip }) => {
    if (missing && process.env.INLANE_E2E !== 'required') skip('the corpus is absent: set INLANE_SHARED');
    expect(missing).toBe(false);
  });

  it.skipIf(missing)(
    'counts what the gate decides, plan by plan',
    async () => {
      const files = filesOf([folder], root);
      const options = { lanes: [join(root, 'fixtures/lanes/inlane.yaml')], as: 'dana', cwd: root, env: {} };
      const now = Date.UTC(2026, 10, 20, 12);
      const report = await simulate({ files, gate: options, baseline: null, now, noNewAccess: false });
      // As test/corpus/corpus.test.ts gates them, which holds every row to be decided.
      const verdicts = new Map<string, number>();
      const codes = new Map<string, number>();
      const rows = { allow: 0, 'needs-approval': 0, deny: 0 };
      let all = 0;
      for await (const one of gateEach({ ...options, plans: files.map(({ shown }) => shown), now })) {
        count(verdicts, one.verdict);
        if (one.verdict === 'undecided') count(codes, one.diagnostics[0]?.code ?? 'none');
        all += one.changes.length;
        for (const { verdict, operations } of one.changes) if (operations.length > 0 || verdict !== 'allow') rows[verdict] += 1;
      }
      expect(files.length).toBeGreaterThanOrEqual(811);
      expect(report.files).toEqual({ found: files.length, replayed: files.length - (verdicts.get('undecided') ?? 0) });
      expect(report.plans).toEqual({
        allow: verdicts.get('allow') ?? 0,
        'needs-approval': verdicts.get('needs-approval') ?? 0,
        deny: verdicts.get('deny') ?? 0,
      });
      expect(report.changes).toEqual(rows);
      expect(report.verdicts.reduce((sum, one) => sum + one.rows, 0)).toBe(all);
      expect(all).toBeGreaterThan(8000);
      const told = new Map<string, number>();
      for (const { code } of report.not_replayed) count(told, code);
      expect([...told].sort()).toEqual([...codes].sort());
      // Every plan that was not allowed says why.
      expect(report.reasons.length).toBeGreaterThan(20);
      expect(report).toMatchObject({ outcome: 'replayed', exit: 0 });
    },
    600_000,
  );
});

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
