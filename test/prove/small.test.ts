import { describe, expect, it } from 'vitest';
import { Seeded } from '../seeded.ts';
import { bruteCase, emptyTally } from './brute.ts';
import { bruteDiff, emptyDiffTally } from './brute-diff.ts';
import { edited } from './edits.ts';
import { generate } from './generate.ts';
import { knowing } from './known-types.ts';

/** Some cases of `brute.test.ts` whose spaces are small: looked at point by point in time for every mutant. */
describe('every point of a small space', () => {
  it.each([
    ['tagged', 263],
    ['provider', 250],
    ['team', 214],
    ['owner', 363],
    ['size', 363],
    ['until', 312],
    ['service', 314],
  ])('%s (%d): regions, spellings and proofs are what the evaluator says', async (topic, seed) => {
    const tally = emptyTally();
    const random = new Seeded(seed);
    const one = generate(random, 1, topic);
    expect(await bruteCase(one, random, tally, { most: 3000, compare: 60, wild: 15 })).toEqual([]);
    expect([tally.cases, tally.inconclusive]).toEqual([1, 0]);
  });

  it.each([
    ['tagged', 518],
    ['provider', 657],
    ['team', 581],
    ['service', 656],
  ])('%s (%d): differences are what the evaluator says', async (topic, seed) => {
    const tally = emptyDiffTally();
    const random = new Seeded(seed);
    const one = generate(random, 1, topic);
    const after = edited(one, random);
    const faults = await bruteDiff(one.org, after, knowing(one.types), { most: 3000, wild: 10, random }, tally);
    expect(faults).toEqual([]);
    expect([tally.cases, tally.same, tally.inconclusive]).toEqual([1, 0, 0]);
  });
});
