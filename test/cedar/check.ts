import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { loadRuleset } from '../../src/lanes/load.ts';
import { judgeExample } from '../../src/prove/examples.ts';
import { loadTypes } from '../../src/prove/types.ts';
import { CLASS_NAMES } from '../lanes/folder.ts';
import { Seeded } from '../seeded.ts';
import type { Entry, Node, NodeMap } from './document.ts';
import { completions, type Facts, factsOf, Mentions, openFacts } from './facts.ts';
import { EntryMaker, FilesMaker } from './generate.ts';
import { Oracle, type Ruling, type Verdict } from './oracle.ts';
import { PATHS } from './pool.ts';
import { shrink } from './shrink.ts';

const ENTRIES = 40;
const WORLD = { classNames: [...CLASS_NAMES], paths: PATHS };

export interface Mismatch {
  readonly seed: number;
  readonly what: string;
  /** The org file first. */
  readonly files: readonly NodeMap[];
  readonly entry: Entry;
}

export interface Counts {
  /** Our verdicts, and those on changes with an unknown fact that some rule looks at. */
  readonly verdicts: Record<Verdict, number>;
  readonly withUnknowns: Record<Verdict, number>;
  /** Ways in which the unknown facts were filled in, and questions put to Cedar. */
  completions: number;
  asked: number;
  /** Changes with unknowns that we deny though Cedar denies no completion: Kleene's logic is coarser. */
  coarse: number;
  /** Every key that the lane files used. */
  readonly keys: Set<string>;
}

const RANK: Readonly<Record<Verdict, number>> = { allow: 0, 'needs-approval': 1, deny: 2 };

function noCounts(): Counts {
  const none = () => ({ allow: 0, 'needs-approval': 0, deny: 0 });
  return { verdicts: none(), withUnknowns: none(), completions: 0, asked: 0, coarse: 0, keys: new Set() };
}

export function sum(verdicts: Readonly<Record<Verdict, number>>): number {
  return Object.values(verdicts).reduce((total, count) => total + count, 0);
}

interface Run {
  /** At least so many decisions. */
  readonly cases: number;
  readonly seed: number;
}

/** Judges random entries under random lane files with inlane and with Cedar. */
export async function crossCheck({ cases, seed }: Run): Promise<{ counts: Counts; mismatches: Mismatch[] }> {
  const counts = noCounts();
  const mismatches: Mismatch[] = [];
  for (let round = 0; sum(counts.verdicts) < cases; round += 1) {
    const own = (seed * 1_000_003 + round) >>> 0;
    try {
      mismatches.push(...(await crossCheckFiles(own, counts)));
    } catch (cause) {
      throw new Error(`lane files of seed ${own}: ${cause}`, { cause });
    }
  }
  return { counts, mismatches };
}

async function crossCheckFiles(seed: number, counts: Counts): Promise<Mismatch[]> {
  const random = new Seeded(seed);
  const files = new FilesMaker(random).make();
  const oracle = new Oracle(files, WORLD);
  const { names } = oracle.translator;
  const mentions = new Mentions(files, names);
  const maker = new EntryMaker(random, names, mentions);
  const entries = Array.from({ length: ENTRIES }, () => maker.make(0.45));
  const ours = await judge(files, entries);
  const mismatches = entries.flatMap((entry, at): Mismatch[] => {
    const what = compare(ours[at] as Ruling, entry, oracle, mentions, counts);
    return what === null ? [] : [{ seed, what, files, entry }];
  });
  counts.asked += oracle.asked;
  for (const file of files) collectKeys(file, counts.keys);
  return mismatches;
}

/** What inlane says of these entries under these lane files. */
export async function judge(files: readonly NodeMap[], entries: readonly Entry[]): Promise<Ruling[]> {
  const tests = entries.map((entry) => ({ ...entry, expect: 'deny' }));
  const texts = new Map(files.map((file, at) => [`${at}.yaml`, JSON.stringify(at === 0 ? { ...file, tests } : file)]));
  const read = (path: string) => texts.get(basename(path)) ?? null;
  const lanes = [...texts.keys()];
  const { ruleset } = await loadRuleset({ lanes, stack: '.', cwd: tmpdir(), classNames: CLASS_NAMES, read });
  const types = await loadTypes();
  return ruleset.tests.map((test) => {
    const { verdict, approvals } = judgeExample(test, ruleset, types, null);
    return { verdict, due: verdict === 'needs-approval' ? approvals.map(({ id }) => id) : [] };
  });
}

/** What is wrong with our ruling, or null. */
export function compare(ours: Ruling, entry: Entry, oracle: Oracle, mentions: Mentions, counts: Counts): string | null {
  const { names } = oracle.translator;
  counts.verdicts[ours.verdict] += 1;
  const facts = factsOf(entry, entry.as, names, mentions);
  const open = openFacts(facts, names, mentions);
  if (open.size > 0) counts.withUnknowns[ours.verdict] += 1;
  let denied = false;
  for (const filled of completions(facts, open)) {
    const cedar = decide(filled, entry, oracle);
    denied ||= cedar.verdict === 'deny';
    if (open.size === 0) return said(ours) === said(cedar) ? null : `inlane: ${said(ours)}, Cedar: ${said(cedar)}`;
    counts.completions += 1;
    if (!holds(ours, cedar)) {
      const values = [...open.keys()].map((key) => `${key} = ${JSON.stringify(filled.get(key))}`).join(', ');
      return `inlane: ${said(ours)} with unknown facts, Cedar: ${said(cedar)} where ${values}`;
    }
  }
  if (ours.verdict === 'deny' && !denied) counts.coarse += 1;
  return null;
}

/** Who acts for a person is also decided as that person; the stricter result stands (lanes.md 4). */
function decide(facts: Facts, entry: Entry, oracle: Oracle): Ruling {
  const own = oracle.decide(facts);
  if (entry.for === undefined) return own;
  const shared = [...facts].filter(([key]) => !key.startsWith('who.'));
  const other = oracle.decide(new Map([...shared, ...oracle.translator.names.principal(entry.for)]));
  const verdict = RANK[own.verdict] > RANK[other.verdict] ? own.verdict : other.verdict;
  return { verdict, due: verdict === 'needs-approval' ? [...new Set([...own.due, ...other.due])] : [] };
}

/** A ruling with unknown facts is never milder than one with all of them known. */
function holds(ours: Ruling, completed: Ruling): boolean {
  return (
    RANK[completed.verdict] <= RANK[ours.verdict] &&
    (ours.verdict === 'deny' || completed.due.every((id) => ours.due.includes(id)))
  );
}

function collectKeys(node: Node, keys: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, inner] of Object.entries(node)) {
    if (!Array.isArray(node)) keys.add(key);
    collectKeys(inner, keys);
  }
}

function said({ verdict, due }: Ruling): string {
  return [verdict, ...[...due].sort()].join(' ');
}

/** The mismatch on the least that still shows it: lane files by level, and the entry. */
export async function smallest({ files, entry }: Mismatch): Promise<NodeMap> {
  const start = { ...Object.fromEntries(files.map((file) => [file.level, file])), entry: entry as unknown as NodeMap };
  return shrink(start, async ({ entry, ...rest }) => {
    try {
      const left = Object.values(rest) as NodeMap[];
      const tried = { with: {}, ...(entry as NodeMap) } as unknown as Entry;
      const [ours] = await judge(left, [tried]);
      const oracle = new Oracle(left, WORLD);
      return ours !== undefined && compare(ours, tried, oracle, new Mentions(left, oracle.translator.names), noCounts()) !== null;
    } catch {
      return false;
    }
  });
}
