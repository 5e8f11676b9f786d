import { parse } from 'yaml';
import { InlaneError } from '../../src/errors.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';
import { wholeText } from '../../src/report/formats.ts';
import { spellRow } from '../../src/report/place.ts';
import type { Report } from '../../src/report/report.ts';
import { reportOfRow } from '../../src/report/row.ts';
import type { Bench, Setting } from './gated.ts';
import { someSetting } from './gated.ts';
import {
  type Branch,
  isBranch,
  isTreeObject,
  mutateBytes,
  mutateTree,
  someBranch,
  spell,
  type Tree,
  type TreeObject,
} from './mutate.ts';
import { mutatePlan } from './mutate-plan.ts';
import { Random } from './random.ts';
import type { SeedPlan } from './seeds.ts';
import { unsound } from './sound.ts';

/** One law broken by one run: enough to repeat it. */
export interface Breach {
  readonly law: string;
  readonly run: number;
  readonly seed: number;
  readonly from: string;
  readonly what: string;
  readonly input?: string;
}

export interface Fuzzed {
  readonly runs: number;
  readonly breaches: readonly Breach[];
  /** Outcomes by verdict or error code: a run that saw only errors proved nothing. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Says why a report does not fit its published schema; null = it does. */
export type SchemaCheck = (report: unknown) => string | null;

const BATCH = 25;
const SAMPLE = 10;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff\ud800-\udfff]/u;

/** Mutated plans under the stories' rules: every run yields a report with a verdict, and no error but ours. */
export async function fuzzPlans(
  bench: Bench,
  plans: readonly SeedPlan[],
  lanes: string,
  options: { readonly runs: number; readonly seed: number; readonly schema: SchemaCheck },
): Promise<Fuzzed> {
  const { runs, seed, schema } = options;
  const breaches: Breach[] = [];
  const outcomes = new Map<string, number>();
  for (let first = 0; first < runs; first += BATCH) {
    const setting = someSetting(new Random(seed, -1 - first));
    const batch = Array.from({ length: Math.min(BATCH, runs - first) }, (_, i) => mutant(plans, seed, first + i));
    const reports = await oneByOneIfTheyFail(
      bench,
      batch.map((m) => m.bytes),
      lanes,
      setting,
    );
    batch.forEach((one, i) => {
      const run = first + i;
      const breach = (what: string) =>
        breaches.push({ law: 'fuzz of plans', run, seed, from: one.from, what, input: one.bytes.toString('utf8') });
      const report = reports[i];
      if (!isReport(report)) {
        breach(`threw ${described(report)}`);
        return;
      }
      const outcome = report.verdict === 'undecided' ? (report.diagnostics[0]?.code ?? 'undecided') : report.verdict;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      for (const what of unsound(report, one.tree)) breach(what);
      if (run % SAMPLE === 0) for (const what of ill(report, schema)) breach(what);
    });
    const defects = bench.defects.splice(0).map(described);
    for (const what of new Set(defects)) breaches.push({ law: 'fuzz of plans', run: first, seed, from: 'batch', what });
  }
  return { runs, breaches, outcomes };
}

/** One mutated plan; the same seed and run make the same. `tree` is null where bytes were changed. */
export function mutant(
  plans: readonly SeedPlan[],
  seed: number,
  run: number,
): { bytes: Buffer; tree: Tree | null; from: string } {
  const random = new Random(seed, run);
  const from = random.pick(plans);
  if (random.chance(20)) return { bytes: mutateBytes(Buffer.from(from.text), random), tree: null, from: from.name };
  const tree = JSON.parse(from.text) as Tree;
  if (isTreeObject(tree)) mutatePlan(tree, random);
  return { bytes: Buffer.from(spell(tree)), tree, from: from.name };
}

async function oneByOneIfTheyFail(bench: Bench, plans: readonly Buffer[], lanes: string, setting: Setting): Promise<unknown[]> {
  try {
    return [...(await bench.gate(plans, [lanes], setting))];
  } catch {
    const out: unknown[] = [];
    for (const plan of plans) {
      try {
        out.push((await bench.gate([plan], [lanes], setting))[0]);
      } catch (error) {
        out.push(error);
      }
    }
    return out;
  }
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 'inlane-report/1';
}

/** What every format would trip over. */
function ill(report: Report, schema: SchemaCheck): string[] {
  const out: string[] = [];
  const wrong = schema(report);
  if (wrong !== null) out.push(`does not fit the schema: ${wrong}`);
  const options = { colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: true } as const;
  const row = report.changes.at(-1);
  const outputs = [
    text(report, { ...options, view: 'plan' }),
    wholeText(json(report, { ...options, view: 'plan' })),
    ...(row ? [text(reportOfRow(report, spellRow(row)), { ...options, view: 'row' })] : []),
  ];
  if (outputs.some((output) => RAW.test(output))) out.push('a control character comes through');
  return out;
}

/** Mutated lane files over one plan: either rules that decide it, or `lanes-invalid` with a place. */
export async function fuzzLanes(
  bench: Bench,
  files: readonly string[],
  plan: string,
  options: { readonly runs: number; readonly seed: number },
): Promise<Fuzzed> {
  const { runs, seed } = options;
  const breaches: Breach[] = [];
  const outcomes = new Map<string, number>();
  const note = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  for (let run = 0; run < runs; run += 1) {
    const random = new Random(seed, run);
    const bytes = laneMutant(files, random);
    const path = bench.write('mutant.yaml', bytes);
    const breach = (what: string) =>
      breaches.push({ law: 'fuzz of lane files', run, seed, from: 'lane file', what, input: bytes.toString('utf8') });
    try {
      const [report] = await bench.gate([plan], [path], someSetting(random));
      if (report === undefined) breach('no report');
      else {
        note(report.verdict);
        for (const what of unsound(report, null)) breach(what);
      }
    } catch (error) {
      if (error instanceof InlaneError) {
        note(error.code);
        if (error.code === 'internal') breach(error.message);
        const lines = [error.message, error.hint ?? '', ...error.problems.flatMap((p) => [p.message, p.hint ?? ''])];
        for (const line of lines)
          if (RAW.test(line) || line.includes('\n')) breach(`a control character in ${JSON.stringify(line.slice(0, 200))}`);
      } else breach(described(error));
    }
    for (const defect of bench.defects.splice(0)) breach(described(defect));
  }
  return { runs, breaches, outcomes };
}

/** Half of the mutants stay within the words of the language, or nearly all of them would be refused by the schema. */
function laneMutant(files: readonly string[], random: Random): Buffer {
  const from = random.pick(files);
  if (random.chance(25)) return mutateBytes(Buffer.from(from), random);
  const tree = parse(from) as Tree;
  if (!isBranch(tree)) throw new Error('a lane file is no map');
  const reworded = random.chance(60);
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    if (reworded) reword(tree, random);
    else mutateTree(tree, random, 85);
  }
  return Buffer.from(spell(tree));
}

/** Puts a text of the file where another stands, or takes an item out of a list. */
function reword(root: Branch, random: Random): void {
  const branch = someBranch(root, random, 90);
  if (Array.isArray(branch) && branch.length > 1 && random.chance(60)) {
    branch.splice(random.below(branch.length), 1);
    return;
  }
  const key = random.pick([...Object.keys(branch), '0']);
  const value = (branch as TreeObject)[key];
  const other = someBranch(root, random, 90);
  const texts = Object.values(other).filter((item) => typeof item === 'string');
  if (typeof value === 'string' && texts.length > 0) (branch as TreeObject)[key] = random.pick(texts);
}

export function described(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message.slice(0, 200)} ${(error.stack ?? '').split('\n').slice(1, 4).join(' <- ').trim()}`
    : String(error);
}
