import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../stories.ts';
import { fuzzLanes, fuzzPlans, type SchemaCheck } from './fuzz.ts';
import { Bench } from './gated.ts';
import { type Held, hold, holdRuleOrder, LAWS, scenesOf } from './laws.ts';
import { OPEN_RULES, PROJECT_RULES, seedLaneFiles, seedPlans } from './seeds.ts';

const LANES = join(root, 'fixtures/lanes/inlane.yaml');
/** The seeded part of `npm run deep`: the same runs on every machine. */
const SEED = 20261120;
const FUZZED_PLANS = 4200;
const FUZZED_LANES = 800;
/** Once over all scenes as they are recorded, then half of them changed. */
const ROUNDS = 1.5;

const bench = new Bench();
afterAll(() => bench.done());
const plans = seedPlans(root, 50_000);
const scenes = scenesOf(plans, LANES, bench.write('open.yaml', OPEN_RULES));

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
  let held: ReadonlyMap<string, Held>;
  beforeAll(async () => {
    held = await hold(LAWS, bench, scenes, { runs: Math.ceil(scenes.length * ROUNDS), seed: SEED });
  }, 120_000);

  it.each(LAWS.map((law) => [law.name]))('%s', (name) => {
    const { breaches, verdicts } = held.get(name) as Held;
    expect(breaches).toEqual([]);
    for (const verdict of ['allow', 'deny', 'needs-approval']) expect(verdicts.get(verdict) ?? 0, verdict).toBeGreaterThan(5);
  });

  it('the order of rules, keys and lane files means nothing', async () => {
    const org = readFileSync(LANES, 'utf8');
    const { breaches, verdicts } = await holdRuleOrder(bench, plans, [org, PROJECT_RULES], { runs: 120, seed: SEED });
    expect(breaches).toEqual([]);
    expect(verdicts.size).toBeGreaterThan(1);
  });
});
