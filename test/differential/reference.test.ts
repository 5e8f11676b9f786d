import { expect, test } from 'vitest';
import { compare, type Tally } from './compare.ts';
import { generate } from './generate.ts';

/** `INLANE_CASES=1000000` for a long run, `INLANE_SEED` for other cases than every day's. */
const CASES = Number(process.env.INLANE_CASES ?? 20_000);
const SEED = Number(process.env.INLANE_SEED ?? 1);

const summary = ({ cases, sets, rejected, verdicts, unknown, mismatched }: Tally): string =>
  `${cases} decisions on ${sets} sets of files (${rejected} rejected by the loader): ${verdicts.allow} allow, ` +
  `${verdicts['needs-approval']} needs-approval, ${verdicts.deny} deny; ${unknown} decided by an unknown; ${mismatched} differ`;

test('the evaluator agrees with the reference on random rules and changes', { timeout: 60_000 + CASES * 3 }, async () => {
  const tally = await compare(CASES, SEED);
  const said = summary(tally);
  if (process.env.INLANE_CASES) console.log(said);
  expect(tally.mismatches.join('\n\n'), said).toBe('');
  expect(tally.rejected / tally.sets, said).toBeLessThan(0.02);
  for (const count of Object.values(tally.verdicts)) expect(count / tally.cases, said).toBeGreaterThan(0.1);
  expect(tally.unknown / tally.cases, said).toBeGreaterThan(0.2);
});

test('a seed gives the same case each time', () => {
  expect(generate(7, 20)).toEqual(generate(7, 20));
  expect(generate(7, 20)).not.toEqual(generate(8, 20));
});
