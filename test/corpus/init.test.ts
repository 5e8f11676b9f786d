import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadClasses } from '../../providers/classes.ts';
import { InlaneError } from '../../src/errors.ts';
import { defaultAnswers } from '../../src/initial/questions.ts';
import { initiate } from '../../src/initiate.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import { isPresent, shared } from '../stories.ts';

const folder = join(shared, 'corpus', 'files');
const missing = !isPresent(folder);
/** Every third plan; all of them in the deep run. */
const STRIDE = process.env.INLANE_CASES === undefined ? 3 : 1;

/** Codes of an input that is not a plan, or not one that can be trusted: there is nothing to propose from. */
const UNDECIDABLE = new Set(['plan-wrong-file', 'plan-unreadable', 'plan-unsupported', 'plan-tool']);

describe('inlane init over the corpus of real plans', () => {
  it('stands beside the project', ({ skip }) => {
    if (missing && process.env.INLANE_E2E !== 'required') skip('the corpus is absent: set INLANE_SHARED');
    expect(missing).toBe(false);
  });

  it.skipIf(missing)(
    'every plan gives a lane file that loads, passes its check and decides that plan',
    async () => {
      const classNames = new Set(loadClasses().keys());
      const verdicts = new Map<string, number>();
      const warnings = new Map<string, number>();
      const wrong: string[] = [];
      let undecidable = 0;
      const plans = readdirSync(folder)
        .sort()
        .filter((_, n) => n % STRIDE === 0);
      for (const plan of plans) {
        try {
          const { text, check, gate } = await initiate({
            plans: [plan],
            dryRun: true,
            cwd: folder,
            env: {},
            stdin: () => new Uint8Array(),
            guess: () => null,
            answer: async (_, around) => defaultAnswers('dana', around),
          });
          const read = (path: string) => (path.endsWith('inlane.yaml') ? text : null);
          const { ruleset } = await loadRuleset({ lanes: ['inlane.yaml'], stack: '.', cwd: folder, classNames, read });
          // Data of production stays, and what is not known to be something else waits.
          if (!ruleset.denies.some(({ id }) => id === 'no-data-loss')) wrong.push(`${plan}: data may go`);
          if (!ruleset.obligations.some(({ id }) => id === 'review')) wrong.push(`${plan}: nobody is asked`);
          if (check?.outcome !== 'passed' || check.never !== 2 || check.tests < 4)
            wrong.push(`${plan}: ${JSON.stringify(check)}`);
          for (const { code } of check?.warnings ?? []) count(warnings, code);
          const verdict = gate[0]?.verdict ?? 'none';
          count(verdicts, verdict);
          if (verdict === 'undecided' || verdict === 'none') wrong.push(`${plan}: ${verdict}`);
        } catch (error) {
          if (error instanceof InlaneError && UNDECIDABLE.has(error.code)) undecidable += 1;
          else wrong.push(`${plan}: ${(error as Error).message}`);
        }
      }
      console.log(`init: ${show(verdicts)}; warnings: ${show(warnings)}; ${undecidable} are no plans`);
      expect(wrong).toEqual([]);
      const decided = [...verdicts.values()].reduce((all, n) => all + n, 0);
      expect(decided + undecidable).toBe(plans.length);
      expect(plans.length * STRIDE).toBeGreaterThanOrEqual(811);
      expect(decided * STRIDE).toBeGreaterThan(700);
      // An environment that tags alone decide is the one thing to be warned of.
      expect([...warnings.keys()].filter((code) => code !== 'tags-only')).toEqual([]);
      for (const verdict of ['allow', 'needs-approval', 'deny'])
        expect((verdicts.get(verdict) ?? 0) * STRIDE).toBeGreaterThan(50);
    },
    600_000,
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
