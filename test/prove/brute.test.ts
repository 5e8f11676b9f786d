import { describe, expect, it } from 'vitest';
import { bruteForce } from './brute.ts';
import { bruteDiffs } from './brute-diff.ts';
import { TOPICS } from './generate.ts';

/** `INLANE_CASES`: so many random rule sets; the long run (`npm run deep`) looks at larger spaces, too. */
const CASES = Number(process.env.INLANE_CASES ?? 60);
const SEED = Number(process.env.INLANE_SEED ?? 20_260_301);
const LONG = CASES > 200;

describe('the prover against brute force over every point', () => {
  it(
    'proves and refutes what the evaluator says of all points',
    async () => {
      const most = LONG ? 20_000 : 4_000;
      const tally = await bruteForce({ cases: CASES, seed: SEED, most, compare: 80, wild: 60 });
      expect(tally.faults).toEqual([]);
      expect(tally.cases).toBe(CASES);
      const decided = tally.proved + tally.refuted;
      expect(decided).toBeGreaterThanOrEqual(CASES);
      expect(tally.proved / decided).toBeGreaterThan(0.2);
      expect(tally.refuted / decided).toBeGreaterThan(0.2);
      expect(tally.points).toBeGreaterThan(CASES * 100);
      expect(tally.inconclusive).toBeLessThan(CASES / 10);
      expect(tally.topics.size).toBeGreaterThanOrEqual(LONG ? Object.keys(TOPICS).length : 15);
    },
    LONG ? 3_600_000 : 300_000,
  );

  it(
    'compares what two rule sets say of all points',
    async () => {
      const cases = Math.ceil(CASES / 2);
      const tally = await bruteDiffs({ cases, seed: SEED, most: LONG ? 8_000 : 2_500, wild: 40 });
      expect(tally.faults).toEqual([]);
      expect(tally.cases).toBe(cases);
      expect(tally.same).toBeLessThan(cases * 0.8);
      const seen = Object.values(tally.kinds).filter((count) => count > 0);
      expect(seen.length).toBeGreaterThanOrEqual(LONG ? 5 : 3);
    },
    LONG ? 3_600_000 : 300_000,
  );
});
