import { describe, expect, it } from 'vitest';
import { Seeded } from '../seeded.ts';
import { bruteCase, emptyTally } from './brute.ts';
import { bruteDiff, emptyDiffTally } from './brute-diff.ts';
import { edited } from './edits.ts';
import { generate, TOPICS } from './generate.ts';
import { knowing } from './known-types.ts';

/** Seeds that are looked at until one makes a space that is small enough. */
const TRIES = 40;

/** One small case for each topic of rules, point by point: what `brute.test.ts` does many times, in time for every mutant. */
describe('every point of a small space', () => {
  it.each(Object.keys(TOPICS))('%s: regions, spellings and proofs are what the evaluator says', async (topic) => {
    const tally = emptyTally();
    for (let seed = 100; tally.cases === 0 && seed < 100 + TRIES; seed += 1) {
      const random = new Seeded(seed);
      const one = generate(random, 1, topic);
      expect(await bruteCase(one, random, tally, { most: 2500, compare: 60, wild: 15 })).toEqual([]);
    }
    expect(tally.cases).toBe(1);
    expect(tally.inconclusive).toBe(0);
  });

  it.each(Object.keys(TOPICS))('%s: differences are what the evaluator says', async (topic) => {
    const tally = emptyDiffTally();
    for (let seed = 500; tally.cases === tally.same && seed < 500 + TRIES; seed += 1) {
      const random = new Seeded(seed);
      const one = generate(random, 1, topic);
      const after = edited(one, random);
      const faults = await bruteDiff(one.org, after, knowing(one.types), { most: 1500, wild: 10, random }, tally);
      expect(faults).toEqual([]);
    }
    expect(tally.cases - tally.same).toBe(1);
  });
});
