import { parse } from 'yaml';
import type { Report, ReportChange } from '../../src/report/report.ts';
import type { Breach } from './fuzz.ts';
import { type Bench, type Setting, someSetting } from './gated.ts';
import { isBranch, isTreeObject, listAt, objectAt, put, spell, type Tree, type TreeObject } from './mutate.ts';
import { mutatePlan, target } from './mutate-plan.ts';
import { Random } from './random.ts';
import type { SeedPlan } from './seeds.ts';

/** What changed between two decisions, for the worse; empty = the law holds. */
type Compare = (before: Report, after: Report) => string[];

/** One law over plans: how a plan is changed, and how the two reports must compare. */
export interface Law {
  readonly name: string;
  /** The changed plan, or null where there is nothing to change in this one. The tree given is a copy. */
  readonly change: (plan: TreeObject, random: Random) => TreeObject | null;
  readonly compare: Compare;
  /** How often one plan is changed: several times where chance decides what is. */
  readonly draws: number;
}

export interface Held {
  readonly runs: number;
  readonly breaches: readonly Breach[];
  /** Base verdicts seen: a law about denials that saw none proved nothing. */
  readonly verdicts: ReadonlyMap<string, number>;
}

const RANK = ['allow', 'needs-approval', 'deny', 'undecided'];

function looser(before: string, after: string): boolean {
  return RANK.indexOf(after) < RANK.indexOf(before);
}

function spelled(change: ReportChange): string {
  return `${change.address}\0${change.deposed ?? ''}`;
}

/** The plan's verdict and every row that both reports have may become stricter, never looser. */
export function neverLooser(before: Report, after: Report): string[] {
  const out: string[] = [];
  const rows = new Map(after.changes.map((change) => [spelled(change), change]));
  for (const change of before.changes) {
    const now = rows.get(spelled(change));
    if (now && looser(change.verdict, now.verdict))
      out.push(`\`${change.address}\` goes from ${change.verdict} to ${now.verdict}: was ${told(change)}, now ${told(now)}`);
  }
  if (out.length === 0 && looser(before.verdict, after.verdict)) {
    const why = (before.because ?? []).map((b) => `${b.kind} ${b.id}: ${b.why}`).join('; ');
    out.push(`the plan goes from ${before.verdict} (${why}) to ${after.verdict}`);
  }
  return out;
}

function told(change: ReportChange): string {
  return change.decisions
    .map(
      (d) =>
        `${d.verdict} ${d.operation}/${d.side}[${d.because.map((b) => `${b.kind} ${b.id}`)}]{${d.unknown.map((u) => `${u.fact}: ${u.why}`)}}`,
    )
    .join(' ');
}

/** The plan's verdict may become stricter, never looser; what the plan lacks may close it as a whole. */
export function planNeverLooser(before: Report, after: Report): string[] {
  return looser(before.verdict, after.verdict) ? neverLooser(before, after) : [];
}

/** Equal in everything but the order of rows, the digests, and where in a file a rule stands. */
export function sameButOrder(before: Report, after: Report): string[] {
  return differing(essence(before), essence(after));
}

/** Equal in every verdict with its reasons; advice (nearest lanes, ways out, the facts they show) may take the first of several equals. */
export function sameDecisions(before: Report, after: Report): string[] {
  const decided = (report: Report) =>
    settled({
      verdict: report.verdict,
      exit: report.exit,
      because: report.because ?? [],
      quotas: report.quotas,
      approvals: report.approvals,
      findings: report.findings,
      now: report.now ?? null,
      changes: report.changes.map(({ decisions, facts: _, remedies: __, ...change }) => ({
        ...change,
        // Where no lane matched, what is unknown is told of the nearest ones.
        decisions: decisions.map(({ nearest: ___, unknown, ...decision }) => ({
          ...decision,
          unknown: decision.because.some(({ kind }) => kind === 'no-lane') ? [] : unknown,
        })),
      })),
    });
  return differing(decided(before), decided(after));
}

function differing(a: unknown, b: unknown): string[] {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x === y ? [] : [`the reports differ: ${firstDifference(a, b, '')}`];
}

/** Ways out are left out: of several that are equally near the first is offered. */
function essence(report: Report): unknown {
  const { changes, plan, remedies: _, ...rest } = report;
  return settled({
    ...rest,
    plan: { ...plan, sha256: null, path: null },
    changes: changes.map(({ remedies: __, ...change }) => change),
  });
}

/** Sentences, which name the first of several or list them as they come, and places of rules. */
const PROSE = new Set(['at', 'why', 'text', 'message', 'hint', 'is', 'wants', 'who', 'note']);

/** Lists whose order is that of rules or of objects in the plan, sorted; places of rules left out. */
function settled(node: unknown): unknown {
  if (typeof node === 'string') return inAnyOrder(node);
  if (Array.isArray(node)) return sorted(node.map(settled));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !PROSE.has(key))
      .map(([key, value]) => [key, settled(value)] as const)
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
}

/** Sentences that list rows, sources or values do so in the order of plan and rules. */
function inAnyOrder(text: string): string {
  return (
    text
      .replace(/-mixed(?=\.yaml)/g, '')
      // What a row without an address is called.
      .replace(/_(?:changes|invocations|drift)\[\d+\]/g, '')
      .split(/[\s,;[\]]+/)
      .sort()
      .join(' ')
  );
}

function sorted(list: readonly unknown[]): unknown[] {
  return list
    .map((item) => [JSON.stringify(item), item] as const)
    .sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0))
    .map(([, item]) => item);
}

function firstDifference(a: unknown, b: unknown, at: string): string {
  if (isBranch(a as Tree) && isBranch(b as Tree) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a as object), ...Object.keys(b as object)])];
    for (const key of keys) {
      const [x, y] = [(a as TreeObject)[key], (b as TreeObject)[key]];
      if (JSON.stringify(x) !== JSON.stringify(y)) return firstDifference(x, y, `${at}.${key}`);
    }
  }
  return `${at}: ${JSON.stringify(a)?.slice(0, 300)} became ${JSON.stringify(b)?.slice(0, 300)}`;
}

// ---- what the laws change ----

interface Leaf {
  readonly path: readonly string[];
}

/** Paths of the plain values of an object. */
function leavesOf(root: TreeObject): Leaf[] {
  const found: Leaf[] = [];
  const work: { node: Tree; path: readonly string[] }[] = [{ node: root, path: [] }];
  while (work.length > 0) {
    const { node, path } = work.pop() as { node: Tree; path: readonly string[] };
    if (!isBranch(node)) {
      if (node !== null) found.push({ path });
      continue;
    }
    for (const key of Object.keys(node)) work.push({ node: (node as TreeObject)[key] as Tree, path: [...path, key] });
  }
  return found;
}

/** Turns one plain value of a row's `after` unknown, as a plan spells it: null or nothing in `after`, true in `after_unknown`. */
export function unknownLeaf(plan: TreeObject, random: Random): TreeObject | null {
  const rows = listAt(plan, 'resource_changes').filter((row) => objectAt(objectAt(row, 'change'), 'after') !== null);
  if (rows.length === 0) return null;
  const row = random.pick(rows);
  const change = objectAt(row, 'change') as TreeObject;
  const after = change.after as TreeObject;
  const leaves = leavesOf(after);
  if (leaves.length === 0) return null;
  const { path } = random.pick(leaves);
  if (mayBeComputed(plan, row, path[0] as string)) return null;
  const mask = change.after_unknown;
  // No mask is a trimmed plan, and `true` is everything: neither has a leaf left to turn.
  if (!isTreeObject(mask)) {
    if (mask !== false) return null;
    put(change, 'after_unknown', {});
  }
  let value: Tree = after;
  let unknown: Tree = change.after_unknown as Tree;
  let made = false;
  for (let i = 0; i < path.length; i += 1) {
    const step = path[i] as string;
    const last = i === path.length - 1;
    const child = (value as TreeObject)[step] as Tree;
    // A mask of another length than its list (a mutated plan) is read as unknown throughout; mending it would tell more, not less.
    if (Array.isArray(unknown) && !made && unknown.length !== (value as Tree[]).length) return null;
    if (Array.isArray(unknown)) while (unknown.length < (value as Tree[]).length) unknown.push(false);
    made = false;
    const below = (unknown as TreeObject)[step];
    if (below === true) return null;
    if (last) {
      put(unknown as TreeObject, step, true);
      if (Array.isArray(value)) value[Number(step)] = null;
      else delete (value as TreeObject)[step];
    } else if (!isBranch(below) || Array.isArray(below) !== Array.isArray(child)) {
      put(unknown as TreeObject, step, Array.isArray(child) ? [] : {});
      made = true;
    }
    value = child;
    unknown = (unknown as TreeObject)[step] as Tree;
  }
  return plan;
}

/**
 * A change of an attribute that the configuration does not set is a change while its new value is known, and none while that
 * is known only after apply (lanes.md 3, "Not changed paths"): there the law gives way to the contract.
 */
function mayBeComputed(plan: TreeObject, row: Tree | undefined, attribute: string): boolean {
  const change = objectAt(row, 'change');
  const before = objectAt(change, 'before');
  if (before === null || !isTreeObject(row)) return false;
  if (JSON.stringify(before[attribute]) === JSON.stringify(objectAt(change, 'after')?.[attribute])) return false;
  const modules: (TreeObject | null)[] = [objectAt(objectAt(plan, 'configuration'), 'root_module')];
  while (modules.length > 0) {
    const module = modules.pop() ?? null;
    for (const block of listAt(module ?? undefined, 'resources')) {
      const named = isTreeObject(block) && block.type === row.type && block.name === row.name;
      if (named && attribute in (objectAt(block, 'expressions') ?? {})) return false;
    }
    for (const call of Object.values(objectAt(module ?? undefined, 'module_calls') ?? {})) modules.push(objectAt(call, 'module'));
  }
  return true;
}

function without(key: 'configuration' | 'prior_state') {
  return (plan: TreeObject): TreeObject | null => {
    if (!(key in plan)) return null;
    delete plan[key];
    return plan;
  };
}

function withoutUnknown(plan: TreeObject, random: Random): TreeObject | null {
  const changes = listAt(plan, 'resource_changes').flatMap((row): TreeObject[] => {
    const change = objectAt(row, 'change');
    return change === null ? [] : [change];
  });
  // Without an after side the mask says nothing, and a mask that does is a fault to begin with.
  const holding = changes.filter((change) => 'after_unknown' in change && isTreeObject(change.after));
  if (holding.length === 0) return null;
  delete random.pick(holding).after_unknown;
  return plan;
}

let serial = 0;

/** Adds a row that is created, destroyed or replaced: a copy of one that is there, under names of its own. */
export function moreRows(plan: TreeObject, random: Random): TreeObject | null {
  const list = listAt(plan, 'resource_changes');
  const rows = list.filter((row) => isTreeObject(row) && row.mode === 'managed' && objectAt(row, 'change') !== null);
  if (rows.length === 0) return null;
  const model = random.pick(rows) as TreeObject;
  const given = model.change as TreeObject;
  const values = given.after ?? given.before;
  if (!isTreeObject(values)) return null;
  serial += 1;
  const fresh = renamed(values, serial);
  const kind = random.pick(['create', 'delete', 'replace']);
  const name = `added_${serial}`;
  const sensitive = given.after_sensitive ?? given.before_sensitive ?? {};
  const row: TreeObject = {
    address: `${model.module_address ? `${model.module_address}.` : ''}${model.type}.${name}`,
    ...(model.module_address ? { module_address: model.module_address } : {}),
    mode: 'managed',
    type: model.type ?? '',
    name,
    provider_name: model.provider_name ?? '',
    change: {
      actions: kind === 'replace' ? (random.chance(50) ? ['delete', 'create'] : ['create', 'delete']) : [kind],
      before: kind === 'create' ? null : fresh,
      after: kind === 'delete' ? null : structuredClone(fresh),
      after_unknown: kind === 'delete' ? {} : structuredClone(given.after_unknown ?? {}),
      before_sensitive: structuredClone(sensitive),
      after_sensitive: structuredClone(sensitive),
    },
  };
  list.splice(random.below(list.length + 1), 0, row);
  return plan;
}

/** The names an object goes by must be its own, or the new row would be read as the old one's double. */
function renamed(values: TreeObject, n: number): TreeObject {
  const out = structuredClone(values);
  for (const key of [
    'id',
    'arn',
    'self_link',
    'name',
    'identifier',
    'bucket',
    'key_id',
    'endpoint',
    'address',
    'fqdn',
    'unique_id',
    'resource_id',
    'function_name',
    'url',
  ]) {
    if (typeof out[key] === 'string') out[key] = `${out[key]}-added-${n}`;
  }
  return out;
}

/** Rows and keys in another order. */
export function reordered(plan: TreeObject, random: Random): TreeObject {
  const out = keysShuffled(plan, random) as TreeObject;
  for (const list of ['resource_changes', 'resource_drift', 'action_invocations', 'deferred_changes']) {
    if (Array.isArray(out[list])) out[list] = random.shuffled(out[list] as Tree[]);
  }
  return out;
}

function keysShuffled(node: Tree, random: Random): Tree {
  if (Array.isArray(node)) return node.map((item) => keysShuffled(item, random));
  if (!isBranch(node)) return node;
  const out: TreeObject = {};
  for (const key of random.shuffled(Object.keys(node))) put(out, key, keysShuffled(node[key] as Tree, random));
  return out;
}

export const LAWS: readonly Law[] = [
  { name: 'a value turned unknown never loosens', change: unknownLeaf, compare: neverLooser, draws: 3 },
  {
    name: 'a plan without configuration is never judged more mildly',
    change: without('configuration'),
    compare: planNeverLooser,
    draws: 1,
  },
  {
    name: 'a plan without prior state is never judged more mildly',
    change: without('prior_state'),
    compare: planNeverLooser,
    draws: 1,
  },
  { name: 'a row without after_unknown is never judged more mildly', change: withoutUnknown, compare: neverLooser, draws: 1 },
  { name: 'one more row created, destroyed or replaced never loosens', change: moreRows, compare: neverLooser, draws: 2 },
  { name: 'the order of rows and keys means nothing', change: reordered, compare: sameButOrder, draws: 1 },
];

// ---- running them ----

/** One plan under one lane file for one principal. */
export interface Scene {
  readonly plan: SeedPlan;
  readonly lanes: string;
  readonly setting: Setting;
}

/** Every plan as each of its stories tells it, where verdicts hang on one condition, and under rules where only guards deny. */
export function scenesOf(plans: readonly SeedPlan[], lanes: string, openLanes: string): Scene[] {
  const now = '2026-11-20T12:00:00Z';
  return plans.flatMap((plan) => [
    ...(plan.settings.length > 0 ? plan.settings : [{ as: 'dana', now }]).map((setting) => ({ plan, lanes, setting })),
    { plan, lanes: openLanes, setting: { as: 'sam', now, workspace: 'orders-production' } },
    { plan, lanes: openLanes, setting: { as: 'agent:dev-bot', now } },
  ]);
}

/** Holds every law in every scene: on the plan as recorded, on that plan as -target would make it, or on a mutated one. */
export async function hold(
  laws: readonly Law[],
  bench: Bench,
  scenes: readonly Scene[],
  options: { readonly runs: number; readonly seed: number },
): Promise<ReadonlyMap<string, Held>> {
  const { runs, seed } = options;
  const held = new Map(laws.map((law) => [law.name, { runs: 0, breaches: [] as Breach[], verdicts: new Map<string, number>() }]));
  for (let run = 0; run < runs; run += 1) {
    const { plan, lanes, setting } = scenes[run % scenes.length] as Scene;
    const { base, changed } = trial(laws, plan, scenes.length, seed, run);
    if (changed.length === 0) continue;
    const [before, ...after] = await bench.gate([base, ...changed.map(({ text }) => text)], [lanes], setting);
    // What could not be decided may become decidable: the change took the unreadable part away.
    if (before === undefined || before.verdict === 'undecided') continue;
    changed.forEach(({ law }, i) => {
      const of = held.get(law.name);
      const now = after[i];
      if (of === undefined || now === undefined) throw new Error('a report is missing');
      of.runs += 1;
      of.verdicts.set(before.verdict, (of.verdicts.get(before.verdict) ?? 0) + 1);
      const from = `${plan.name} as ${JSON.stringify(setting)} under ${lanes.split('/').at(-1)}`;
      for (const what of law.compare(before, now)) of.breaches.push({ law: law.name, run, seed, from, what });
    });
  }
  return held;
}

/** The plan of one run, and what each law makes of it; the same seed and run make the same. */
export function trial(
  laws: readonly Law[],
  from: SeedPlan,
  round: number,
  seed: number,
  run: number,
): { base: string; changed: { law: Law; text: string }[] } {
  const random = new Random(seed, run);
  const plan = JSON.parse(from.text) as TreeObject;
  // The first round is the plans as they are; then every other one is targeted, and the rest is mutated.
  if (run >= round) {
    if (random.chance(50)) target(plan, random);
    else mutatePlan(plan, random);
  }
  const base = spell(plan);
  const changed = laws.flatMap((law) =>
    Array.from({ length: law.draws }, () => law.change(JSON.parse(JSON.stringify(plan)) as TreeObject, random)).flatMap((tree) =>
      tree === null ? [] : [{ law, text: spell(tree) }],
    ),
  );
  return { base, changed };
}

/** The rules in another order: keys, list items, and the files that hold them. Glob maps keep theirs: the first line speaks. */
export function lanesReordered(text: string, random: Random): string {
  const ORDERED = new Set([
    'stack',
    'workspace',
    'account',
    'region',
    'module',
    'address',
    'name',
    'provider',
    'namespace',
    'variable',
    'attr',
  ]);
  const walk = (node: Tree, key: string): Tree => {
    if (Array.isArray(node)) return random.shuffled(node.map((item) => walk(item, key)));
    if (!isBranch(node)) return node;
    const keys = ORDERED.has(key) ? Object.keys(node) : random.shuffled(Object.keys(node));
    const out: TreeObject = {};
    for (const k of keys) put(out, k, walk(node[k] as Tree, k));
    return out;
  };
  return JSON.stringify(walk(parse(text) as Tree, ''));
}

/** Holds the law that the order of rules, keys and `--lanes` files decides nothing. */
export async function holdRuleOrder(
  bench: Bench,
  plans: readonly SeedPlan[],
  lanes: readonly [org: string, project: string],
  options: { readonly runs: number; readonly seed: number },
): Promise<Held> {
  const { runs, seed } = options;
  const breaches: Breach[] = [];
  const verdicts = new Map<string, number>();
  const batch = 6;
  const [org, project] = lanes;
  const files = [bench.write('org.yaml', org), bench.write('project.yaml', project)];
  for (let first = 0; first < runs; first += batch) {
    const random = new Random(seed, first);
    const setting: Setting = someSetting(random);
    const some = Array.from({ length: Math.min(batch, runs - first) }, () => random.pick(plans));
    const texts = some.map((plan) => plan.text);
    const before = await bench.gate(texts, files, setting);
    const mixed = random.shuffled([
      bench.write('org-mixed.yaml', lanesReordered(org, random)),
      bench.write('project-mixed.yaml', lanesReordered(project, random)),
    ]);
    const after = await bench.gate(texts, mixed, setting);
    before.forEach((report, i) => {
      verdicts.set(report.verdict, (verdicts.get(report.verdict) ?? 0) + 1);
      for (const what of sameDecisions(report, after[i] as Report)) {
        breaches.push({
          law: 'the order of rules means nothing',
          run: first + i,
          seed,
          from: `${some[i]?.name} as ${JSON.stringify(setting)}`,
          what,
        });
      }
    });
  }
  return { runs, breaches, verdicts };
}
