import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Breach, type Fuzzed, fuzzLanes, fuzzPlans } from './fuzz.ts';
import { Bench } from './gated.ts';
import { type Held, hold, holdRuleOrder, LAWS, scenesOf } from './laws.ts';
import { OPEN_RULES, PROJECT_RULES, seedLaneFiles, seedPlans } from './seeds.ts';

export interface DeepOptions {
  readonly root: string;
  /** Mutated plans and lane files together; the laws come on top, by rounds over all scenes. */
  readonly runs: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

/** The long runs. Returns everything that went wrong, and how many laws were held. */
export async function deep({ root, runs, seed, tell }: DeepOptions): Promise<{ breaches: readonly Breach[]; laws: number }> {
  const bench = new Bench();
  const breaches: Breach[] = [];
  const told = (name: string, { breaches: found, ...rest }: Fuzzed | Held) => {
    breaches.push(...found);
    const outcomes = 'outcomes' in rest ? rest.outcomes : rest.verdicts;
    const counts = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${count} ${outcome}`);
    tell(`${name}: ${rest.runs} runs, ${found.length} breaches (${counts.join(', ')})`);
  };
  try {
    const lanes = join(root, 'fixtures/lanes/inlane.yaml');
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(readFileSync(join(root, 'src/report/schema.json'), 'utf8')),
    );
    const schema = (report: unknown) =>
      validate(JSON.parse(JSON.stringify(report))) ? null : JSON.stringify(validate.errors?.[0]);
    const plans = seedPlans(root, 200_000);
    const files = Math.round(runs / 5);
    told('mutated plans', await fuzzPlans(bench, plans, lanes, { runs: runs - files, seed, schema }));
    const plan = plans.find(({ name }) => name === 'aws-taint')?.text ?? '';
    told('mutated lane files', await fuzzLanes(bench, seedLaneFiles(root), plan, { runs: files, seed }));
    // Small plans: a law is as strict on them, and more scenes come round.
    const small = plans.filter(({ text }) => text.length < 100_000);
    const scenes = scenesOf(small, lanes, bench.write('open.yaml', OPEN_RULES));
    const rounds = Math.max(2, Math.round(runs / 10_000));
    for (const [name, held] of await hold(LAWS, bench, scenes, { runs: scenes.length * rounds, seed })) told(name, held);
    const order = { runs: Math.ceil(runs / 100), seed };
    told(
      'the order of rules, keys and lane files',
      await holdRuleOrder(bench, small, [readFileSync(lanes, 'utf8'), PROJECT_RULES], order),
    );
  } finally {
    bench.done();
  }
  return { breaches, laws: LAWS.length + 1 };
}
