/** The evaluator under test beside the reference, on generated cases; a case that differs is made small before it is shown. */

import { tmpdir } from 'node:os';
import { stringify } from 'yaml';
import type { CarrierName } from '../../providers/provider.ts';
import { InlaneError } from '../../src/errors.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import type { Ruleset, RuleTest } from '../../src/lanes/ruleset.ts';
import { judgeExample, type TypeKnowledge } from '../../src/prove/examples.ts';
import { type Generated, generate, textOf, WORLD } from './generate.ts';
import { type Json, type Result, reference, type Test } from './reference.ts';

export interface Tally {
  cases: number;
  sets: number;
  rejected: number;
  readonly verdicts: Record<Result['verdict'], number>;
  /** Cases that an unknown decided: D unknown, or G unknown where D is false. */
  unknown: number;
  /** One text per mismatch that was made small; `mismatched` counts all. */
  readonly mismatches: string[];
  mismatched: number;
}

const CARRIERS: Readonly<Record<string, CarrierName>> = {
  'hashicorp/aws': 'aws',
  'hashicorp/google': 'google',
  'hashicorp/google-beta': 'google',
  'hashicorp/azurerm': 'azurerm',
  'hashicorp/kubernetes': 'kubernetes',
  'snowflakedb/snowflake': 'snowflake',
};

const CROSS = new Set(['stateful', 'access', 'foundation']);
const CLASS_NAMES = new Set(Object.keys(WORLD.crossOf));

const ROWS = new Map(
  Object.entries(WORLD.types).map(([type, { classes, provider }]) => [
    type,
    {
      type,
      mode: 'managed' as const,
      source: provider,
      sources: [provider],
      row: { class: classes[0] ?? null, also: classes.slice(1) },
      carrier: CARRIERS[provider] ?? null,
      foldKey: (key: string) => key,
    },
  ]),
);

/** The generator's world as the evaluator wants it. */
const TYPES: TypeKnowledge = {
  find: (type) => ROWS.get(type) ?? null,
  all: () => ROWS.values(),
  builtin: new Map(
    Object.entries(WORLD.crossOf).map(([name, suggests]) => [
      name,
      { group: '', meaning: '', cross: CROSS.has(name), suggests, cases: [] },
    ]),
  ),
};

async function load(generated: Generated): Promise<Ruleset> {
  const texts = new Map(generated.files.map(({ path }) => [path, textOf(generated, path)]));
  const read = (path: string) => texts.get(path.slice(path.lastIndexOf('/') + 1)) ?? null;
  return (await loadRuleset({ lanes: [...texts.keys()], stack: '.', cwd: tmpdir(), classNames: CLASS_NAMES, read })).ruleset;
}

interface Answer {
  readonly verdict: string;
  readonly obligations: readonly string[];
}

function engine(test: RuleTest, ruleset: Ruleset): Answer {
  const { verdict, approvals } = judgeExample(test, ruleset, TYPES, null);
  return { verdict, obligations: verdict === 'needs-approval' ? [...new Set(approvals.map(({ id }) => id))].sort() : [] };
}

const spoken = ({ verdict, obligations }: Answer): string => [verdict, ...obligations].join(' ');

/** Decides the cases of one seed into the tally. */
async function compareSeed(seed: number, tests: number, tally: Tally): Promise<void> {
  const generated = generate(seed, tests);
  tally.sets++;
  let ruleset: Ruleset;
  try {
    ruleset = await load(generated);
  } catch (error) {
    if (!(error instanceof InlaneError)) throw error;
    tally.rejected++;
    return;
  }
  const files = generated.files.map(({ doc }) => doc);
  for (const [index, test] of generated.tests.entries()) {
    const expected = reference(files, test, WORLD);
    const got = engine(ruleset.tests[index] as RuleTest, ruleset);
    tally.cases++;
    tally.verdicts[expected.verdict]++;
    if (expected.denied === 'unknown' || (expected.denied === 'false' && expected.granted === 'unknown')) tally.unknown++;
    if (spoken(expected) === spoken(got)) continue;
    tally.mismatched++;
    if (tally.mismatches.length < 5) tally.mismatches.push(`seed ${seed}, test ${index}:\n${await smallest(generated, test)}`);
  }
}

export async function compare(cases: number, firstSeed: number, testsPerSet = 60): Promise<Tally> {
  const verdicts = { allow: 0, 'needs-approval': 0, deny: 0 };
  const tally: Tally = { cases: 0, sets: 0, rejected: 0, verdicts, unknown: 0, mismatches: [], mismatched: 0 };
  for (let seed = firstSeed; tally.cases < cases; seed++) await compareSeed(seed, testsPerSet, tally);
  return tally;
}

// ---- making a case small ------------------------------------------------------------------------------------------------------

async function difference(generated: Generated): Promise<{ readonly expected: Answer; readonly got: Answer } | null> {
  try {
    const ruleset = await load(generated);
    const files = generated.files.map(({ doc }) => doc);
    const expected = reference(files, generated.tests[0] as Test, WORLD);
    const got = engine(ruleset.tests[0] as RuleTest, ruleset);
    return spoken(expected) === spoken(got) ? null : { expected, got };
  } catch {
    return null;
  }
}

/** The case as YAML with everything taken out that the difference does not need. */
async function smallest(generated: Generated, test: Test): Promise<string> {
  let small: Generated = { files: generated.files, tests: [test] };
  for (let again = true; again; ) {
    again = false;
    for (const candidate of smaller(small as unknown as Json)) {
      const next = candidate as unknown as Generated;
      if (next.tests?.length !== 1 || !next.files?.every(({ path, doc }) => path && doc) || (await difference(next)) === null)
        continue;
      small = next;
      again = true;
      break;
    }
  }
  const found = await difference(small);
  const said = found ? `reference: ${spoken(found.expected)}; evaluator: ${spoken(found.got)}` : 'no difference when alone';
  return `${said}\n${small.files.map(({ path }) => `# ${path}\n${stringify(JSON.parse(textOf(small, path) as string))}`).join('')}`;
}

/** The value with one part left out, or with one part in its place; large parts first. */
function* smaller(value: Json): Generator<Json> {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    if (value.length === 1 && typeof value[0] === 'string') yield value[0];
    for (const [index, part] of value.entries()) for (const less of smaller(part)) yield value.with(index, less);
    return;
  }
  for (const key of Object.keys(value)) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
  for (const [key, part] of Object.entries(value)) for (const less of smaller(part)) yield { ...value, [key]: less };
}
