import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LARGEST_WHOLE } from '../../src/plan/whole.ts';
import { plain } from '../../src/report/like.ts';
import type { Report } from '../../src/report/report.ts';
import { root } from '../stories.ts';
import { Bench, someSetting } from './gated.ts';
import { spell, type TreeObject } from './mutate.ts';
import { mutatePlan, target } from './mutate-plan.ts';
import { Random } from './random.ts';
import { OPEN_RULES, seedPlans } from './seeds.ts';

const LANES = join(root, 'fixtures/lanes/inlane.yaml');
const RUNS = Number(process.env.INLANE_CASES ?? 300);
const SEED = Number(process.env.INLANE_SEED ?? 20261129);
/** Blanks that make any plan one that stays in its file. */
const BLANKS = ' '.repeat(LARGEST_WHOLE);

const bench = new Bench();
afterAll(() => bench.done());
const open = bench.write('open.yaml', OPEN_RULES);

/** The same JSON with some characters of its texts escaped, or with white space between its tokens. */
function respelled(text: string, random: Random): string {
  if (random.chance(20)) return text.replace(/[a-z]/g, (c) => (random.chance(1) ? `\\u00${c.charCodeAt(0).toString(16)}` : c));
  if (random.chance(20))
    return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs, (token) => (random.chance(30) ? `${token} \n` : token));
  return text;
}

describe('the two readers', () => {
  it(`${RUNS} changed plans: each is decided the same, held or left in its file`, async () => {
    const plans = seedPlans(root, 50_000);
    const verdicts = new Map<string, number>();
    for (let run = 0; run < RUNS; run += 1) {
      const random = new Random(SEED, run);
      const { name, text } = random.pick(plans);
      const plan = JSON.parse(text) as TreeObject;
      mutatePlan(plan, random);
      // Objects that no row shows stay in the file, too.
      if (random.chance(33)) target(plan, random);
      const changed = respelled(spell(plan), random);
      const setting = someSetting(random);
      const lanes = [random.chance(50) ? LANES : open];
      const [held] = await bench.gate([changed], lanes, setting);
      const [left] = await bench.gate([`${changed}${BLANKS}`], lanes, setting);
      const same = { ...plain(left as Report), plan: left?.plan === null ? null : { ...left?.plan, sha256: held?.plan?.sha256 } };
      expect(same, `run ${run}: ${name}`).toEqual(held);
      const verdict = held?.verdict ?? 'none';
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    expect(bench.defects).toEqual([]);
    for (const verdict of ['allow', 'deny', 'needs-approval']) expect(verdicts.get(verdict) ?? 0, verdict).toBeGreaterThan(0);
  }, 6_000_000);
});
