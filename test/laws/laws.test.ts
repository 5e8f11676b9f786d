import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../stories.ts';
import { fuzzLanes, fuzzPlans, type SchemaCheck } from './fuzz.ts';
import { Bench } from './gated.ts';
import { hold, holdRuleOrder, LAWS } from './laws.ts';
import { PROJECT_RULES, seedLaneFiles, seedPlans } from './seeds.ts';

const LANES = join(root, 'fixtures/lanes/inlane.yaml');
/** The seeded part of `npm run deep`: the same runs on every machine. */
const SEED = 20261120;
const FUZZED_PLANS = 4000;
const FUZZED_LANES = 1000;
const RUNS_OF_A_LAW = 240;

const bench = new Bench();
afterAll(() => bench.done());
const plans = seedPlans(root, 60_000);

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(root, 'src/report/schema.json'), 'utf8')));
const schema: SchemaCheck = (report) =>
  validate(JSON.parse(JSON.stringify(report))) ? null : JSON.stringify(validate.errors?.[0]);

describe('mutated input', () => {
  it(`${FUZZED_PLANS} plans: each is decided or refused by name`, async () => {
    const { breaches, outcomes } = await fuzzPlans(bench, plans, LANES, { runs: FUZZED_PLANS, seed: SEED, schema });
    expect(breaches.map(({ input: _, ...breach }) => breach)).toEqual([]);
    // Runs that end alike prove little: mutants must still be plans, and refused ones must be told apart.
    for (const outcome of ['allow', 'deny', 'needs-approval', 'plan-unreadable', 'plan-unsupported']) {
      expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(5);
    }
  });

  it(`${FUZZED_LANES} lane files: each gives rules or is refused with a place`, async () => {
    const plan = plans.find(({ name }) => name === 'aws-taint')?.text ?? '';
    const { breaches, outcomes } = await fuzzLanes(bench, seedLaneFiles(root), plan, { runs: FUZZED_LANES, seed: SEED });
    expect(breaches.map(({ input: _, ...breach }) => breach)).toEqual([]);
    expect(outcomes.get('lanes-invalid') ?? 0).toBeGreaterThan(50);
    expect((outcomes.get('deny') ?? 0) + (outcomes.get('allow') ?? 0)).toBeGreaterThan(50);
  });
});

describe('laws', () => {
  it.each(LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
    const { breaches, verdicts } = await hold(law, bench, plans, LANES, { runs: RUNS_OF_A_LAW, seed: SEED });
    expect(breaches).toEqual([]);
    for (const verdict of ['allow', 'deny', 'needs-approval']) expect(verdicts.get(verdict) ?? 0, verdict).toBeGreaterThan(0);
  });

  it('the order of rules, keys and lane files means nothing', async () => {
    const org = readFileSync(LANES, 'utf8');
    const options = { runs: RUNS_OF_A_LAW / 2, seed: SEED };
    const { breaches, verdicts } = await holdRuleOrder(bench, plans, [org, PROJECT_RULES], options);
    expect(breaches).toEqual([]);
    expect(verdicts.size).toBeGreaterThan(1);
  });
});
