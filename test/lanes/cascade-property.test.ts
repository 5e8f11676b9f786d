import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { loadRuleset } from '../../src/lanes/load.ts';
import { type Grant, LEVELS, type Ruleset, type RuleTest } from '../../src/lanes/ruleset.ts';
import { ALWAYS } from '../../src/logic/condition.ts';
import { OPERATIONS } from '../../src/logic/fact.ts';
import { judgeExample } from '../../src/prove/examples.ts';
import { loadTypes } from '../../src/prove/types.ts';
import { CLASS_NAMES } from './folder.ts';

/**
 * Nothing lower loosens anything higher (lanes.md 1): over random trees of files and random changes, adding a lower file never
 * turns what the files above deny or want approved into an allow, and never drops an approval.
 */

/** mulberry32: numbers between 0 and 1 from a seed. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Rule = { readonly [key: string]: Json };
type Files = Record<string, Record<string, Json>>;
type LevelName = (typeof LEVELS)[number];

const PEOPLE = ['dana', 'sam', 'erin'];
const TEAMS = ['developers', 'sre', 'dba'];
const ACTORS = [...PEOPLE, 'agent:bot', 'agent:small', 'agent:stray', 'ci:deploy', 'stranger', 'anonymous'];
const TYPES = ['aws_db_instance', 'aws_sqs_queue', 'aws_s3_bucket', 'aws_iam_role', 'acme_graph_node', 'acme_unheard_of'];
const CLASSES = ['database', 'queue', 'object-storage', 'identity', 'stateful', 'graph', 'customer'];
const ACCOUNTS = ['111122223333', '444455556666', '777788889999'];
const PATHS = ['instance_class', 'tags.owner', 'parameter.0.value', 'engine'];
const INSTANTS = ['2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-30T00:00:00Z'];

/** Writes random lane files; names that only some level knows are taken from `known`. */
class Writer {
  readonly #next: () => number;
  #ids = 0;
  constructor(next: () => number) {
    this.#next = next;
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)] as T;
  }

  some<T>(from: readonly T[]): T[] {
    const chosen = from.filter(() => this.chance(0.4));
    return chosen.length > 0 ? chosen : [this.pick(from)];
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  #maybe<T extends object>(probability: number, make: () => T): T | Record<string, never> {
    return this.chance(probability) ? make() : {};
  }

  #values(values: readonly string[]): Json {
    return this.pick<() => Json>([
      () => this.pick(values),
      () => this.some(values),
      () => ({ not: this.pick(values) }),
      () => ({ not: this.some(values) }),
      () => ({ any: [this.pick(values), { not: this.pick(values) }] }),
    ])();
  }

  #who(): Json {
    return this.pick<() => Json>([
      () => 'anyone',
      () => ({ kind: this.#values(['human', 'agent', 'ci']) }),
      () => ({ team: this.#values(TEAMS) }),
      () => ({ id: this.pick(PEOPLE) }),
      () => ({ kind: 'human', team: this.pick(TEAMS) }),
      () => ({ tier: { exists: this.chance(0.5) } }),
    ])();
  }

  /** Facts of the change, besides what is done by whom. */
  #facts(known: Known, most: number, inUnless = false): Rule {
    const makers: readonly (() => Rule)[] = [
      () => ({ class: this.#values(known.classes) }),
      () => ({ environment: this.#values(['production', 'development']) }),
      () => ({ account: this.#values(ACCOUNTS) }),
      () => ({ type: this.chance(0.5) ? { glob: this.pick(['aws_*', 'acme_*', '*_instance']) } : this.#values(TYPES) }),
      () => ({ module: this.chance(0.3) ? null : { glob: 'module.shop.**' } }),
      () => ({ 'tag.owner': this.pick<Json>(['red', { exists: true }, { not: 'red' }]) }),
      () => ({ service: this.pick<Json>(['cart', { same_as: 'tag.owner' }, { not: 'cart' }]) }),
      () => ({ 'attr.size': this.pick<Json>([5, { gte: 5 }, { lt: 5 }, { exists: false }]) }),
      () => ({
        changes: { [this.pick(['only', 'any', 'none'])]: this.pick<Json>([this.pick(known.paths), [this.pick(PATHS)]]) },
      }),
      () => ({ successor: this.pick<Json>([{ same: ['service'] }, 'present', 'absent']) }),
      () => ({ dependents: this.pick(['none', 'some']) }),
      () => ({ replaces: this.chance(0.5) }),
      ...(inUnless ? [() => ({ who: this.#who() })] : []),
    ];
    return Object.assign(
      {},
      ...this.some(makers)
        .slice(0, most)
        .map((make) => make()),
    ) as Rule;
  }

  #unless(known: Known, probability: number): Rule {
    return this.#maybe(probability, () => ({ unless: this.#facts(known, 2, true) }));
  }

  #operations(known: Known): Json {
    return this.chance(0.3) ? this.pick(known.groups) : this.some(OPERATIONS);
  }

  #alternatives(known: Known): Rule[] {
    return Array.from({ length: this.chance(0.4) ? 2 : 1 }, () => {
      const facts = this.#facts(known, 2);
      return { ...this.#maybe(0.8, () => ({ do: this.#operations(known) })), ...facts, ...this.#unless(known, 0.2) };
    });
  }

  #span(): Rule {
    const [from, until] = [this.pick(INSTANTS.slice(0, 3)), INSTANTS[3] as string];
    return { from, until };
  }

  /** The sections that a file of any level may have. */
  rules(known: Known, generous: boolean): Record<string, Json> {
    const list = <T>(probability: number, make: () => T): T[] => [0, 1].filter(() => this.chance(probability)).map(() => make());
    const lanes = list(
      generous ? 0.9 : 0.5,
      () =>
        [
          this.#id('lane-'),
          {
            who: this.#who(),
            may: this.chance(generous ? 0.6 : 0.1) ? [{ do: this.some(OPERATIONS) }] : this.#alternatives(known),
          },
        ] as const,
    );
    const enforce = () => this.#maybe(0.1, () => ({ enforce: 'observe' }));
    const guards = list(0.4, () => ({
      id: this.#id('guard-'),
      ...this.#maybe(0.3, () => ({ who: this.#who() })),
      ...(this.chance(0.35)
        ? { deny: this.#operations(known) }
        : {
            do: this.#operations(known),
            require: {
              approval: {
                from: this.chance(0.7) ? { team: this.pick(TEAMS) } : { id: this.pick(PEOPLE) },
                count: this.pick([1, 2]),
                ...this.#maybe(0.5, () => ({ not_by: ['author'] })),
              },
            },
          }),
      ...this.#maybe(0.8, () => this.#facts(known, 2)),
      ...this.#unless(known, 0.4),
      ...enforce(),
    }));
    const freezes = list(0.2, () => ({
      id: this.#id('freeze-'),
      deny: this.#operations(known),
      ...this.#facts(known, 1),
      ...this.#unless(known, 0.3),
      ...this.#span(),
      ...enforce(),
    }));
    const grants = list(0.3, () => ({
      id: this.#id('grant-'),
      who: this.#who(),
      may: this.#alternatives(known),
      ...this.#span(),
    }));
    const ceilings = list(0.35, () => ({
      id: this.#id('ceiling-'),
      ...this.#maybe(0.5, () => ({ who: this.#who() })),
      may: this.#alternatives(known),
    }));
    const quotas = list(0.2, () => ({
      id: this.#id('quota-'),
      per_plan: { [this.pick(['destroy', 'any'])]: this.pick([0, 2]) },
      ...this.#facts(known, 1),
    }));
    return {
      ...(lanes.length > 0 ? { lanes: Object.fromEntries(lanes) } : {}),
      ...Object.fromEntries(
        Object.entries({ guards, freezes, grants, ceilings, quotas }).filter(([, entries]) => entries.length > 0),
      ),
    };
  }

  org(): Record<string, Json> {
    return {
      attributes: {
        environment: {
          values: { production: ['prod'], development: [] },
          from: [
            { account: { [ACCOUNTS[0] as string]: 'production', [ACCOUNTS[1] as string]: 'development' } },
            { workspace: { '*-prod': 'prod', 'dev-*': 'development' } },
            { tag: 'environment' },
          ],
          tag: 'environment',
        },
        service: { values: 'any', from: [{ tag: 'service' }], tag: 'service' },
      },
      classes: {
        graph: { is_a: 'database', types: ['acme_graph_*'] },
        customer: { refines: 'database', when: this.pick<Json>([{ environment: 'production' }, { 'tag.owner': 'red' }]) },
      },
      paths: { tuning: ['instance_class', 'parameter.**', 'tags.**'] },
      operations: { manage: ['create', 'read', 'update', 'destroy'], reach: ['manage', 'forget', 'reclassify'] },
      limits: { max_grant: '40d' },
      principals: {
        teams: { developers: ['dana', 'erin'], sre: ['sam'], dba: ['erin'] },
        people: { dana: {}, sam: {}, erin: {} },
        agents: { bot: { owner: 'dana', tier: 'T1', teams: ['developers'] }, small: { owner: 'sam', tier: 'T0' } },
        ...this.#maybe(0.5, () => ({
          tiers: { T0: [{ do: 'read' }], T1: [{ do: 'read' }, { do: 'manage', environment: { not: 'production' } }] },
        })),
      },
    };
  }

  /** Names of its own, some of which a careless reader would take for wider ones of the files above. */
  names(known: Known, level: LevelName): { sections: Record<string, Json>; known: Known } {
    const own = { classes: `${level}-things`, narrow: `${level}-narrow`, paths: `${level}-paths`, groups: `${level}-group` };
    const sections = {
      ...this.#maybe(0.5, () => ({
        classes: {
          [own.classes]: { types: this.pick([['acme_unheard_*'], ['acme_*'], ['aws_db_*'], ['*']]) },
          [own.narrow]: {
            refines: this.pick(known.classes),
            when: this.pick<Json>([{ account: ACCOUNTS[2] as string }, { type: { glob: 'aws_*' } }]),
          },
        },
      })),
      ...this.#maybe(0.4, () => ({ paths: { [own.paths]: [this.pick(PATHS), '**'] } })),
      ...this.#maybe(0.4, () => ({ operations: { [own.groups]: this.some(OPERATIONS) } })),
    };
    return {
      sections,
      known: {
        classes: [...known.classes, ...('classes' in sections ? [own.classes, own.narrow] : [])],
        paths: [...known.paths, ...('paths' in sections ? [own.paths] : [])],
        groups: [...known.groups, ...('operations' in sections ? [own.groups] : [])],
      },
    };
  }

  scope(known: Known): Record<string, Json> {
    return this.#maybe(0.4, () => ({
      scope: this.pick<Rule>([
        { account: this.pick(ACCOUNTS) },
        { module: { glob: 'module.shop.**' } },
        { environment: this.pick(['production', 'development']) },
        { class: this.pick(known.classes) },
        { account: this.pick(ACCOUNTS), unless: { 'tag.owner': 'red' } },
      ]),
    }));
  }

  change(): RuleTest {
    const facts = new Map<string, Json>();
    const maybe = (probability: number, key: string, values: readonly Json[]) => {
      if (this.chance(probability)) facts.set(key, this.pick(values));
    };
    maybe(0.7, 'account', ACCOUNTS);
    maybe(0.2, 'workspace', ['shop-prod', 'dev-1', 'other']);
    maybe(0.5, 'module', [null, 'module.shop.module.db', 'module.other']);
    maybe(0.4, 'tag.owner', ['red', 'blue']);
    maybe(0.4, 'tag.service', ['cart', 'red']);
    maybe(0.3, 'tag.environment', ['production', 'development', 'nowhere']);
    maybe(0.6, 'attr.size', [4, 5, null]);
    maybe(0.5, 'replaces', [true, false]);
    maybe(0.5, 'dependents', ['none', 'some']);
    maybe(0.7, 'now', [...INSTANTS, '2026-11-15T00:00:00Z', '2027-01-01T00:00:00Z']);
    maybe(0.05, 'class', [['database'], ['queue', 'stateful'], []]);
    if (this.chance(0.7)) facts.set('changes', this.some(PATHS));
    return {
      at: { file: 'change', line: 1, column: 1 },
      summary: null,
      as: this.pick(ACTORS),
      for: this.chance(0.1) ? this.pick(PEOPLE) : null,
      operation: this.pick(OPERATIONS),
      type: this.pick(TYPES),
      with: facts as RuleTest['with'],
      survivors: this.pick<RuleTest['survivors']>([
        null,
        [],
        [{ same: ['service'], anyType: false }],
        [{ same: null, anyType: false }],
      ]),
      expect: 'deny',
    };
  }
}

/** Names that the files above define. */
interface Known {
  readonly classes: readonly string[];
  readonly paths: readonly string[];
  readonly groups: readonly string[];
}

const FOLDERS = ['', 'shop/', 'shop/live/', 'shop/live/api/'];

interface Tree {
  /** From the topmost file down; the last one is the added one. */
  readonly names: readonly string[];
  readonly files: Files;
  /** Level that the lowest of the files above speaks at. */
  readonly lowest: LevelName;
}

/** A chain of files from org down, one of which may be missing in between, with shared files that they extend. */
function treeOf(writer: Writer): Tree {
  const depth = writer.pick([1, 2, 2, 3, 3]);
  const lower = writer
    .some(LEVELS.slice(1))
    .slice(0, depth)
    .sort((a, b) => LEVELS.indexOf(a) - LEVELS.indexOf(b));
  const levels: LevelName[] = ['org', ...lower];
  const files: Files = {};
  const names: string[] = [];
  let known: Known = { classes: CLASSES, paths: ['tuning'], groups: ['manage', 'reach'] };
  for (const [index, level] of levels.entries()) {
    const name = `${FOLDERS[index]}inlane.yaml`;
    const added = index === levels.length - 1;
    const more = level === 'org' ? { sections: writer.org(), known } : writer.names(known, level);
    known = more.known;
    const scope = level === 'org' ? {} : writer.scope(known);
    const generous = level === 'org' || added;
    // A shared file of the same level or, to no avail, of a higher one.
    const shared = writer.chance(0.35) ? [`${FOLDERS[index]}shared.yaml`] : [];
    files[name] = {
      inlane: 1,
      level,
      ...(shared.length > 0 ? { extends: ['shared.yaml'] } : {}),
      ...scope,
      ...more.sections,
      ...writer.rules(known, generous),
    };
    for (const path of shared)
      files[path] = { inlane: 1, level: writer.chance(0.5) ? level : 'org', ...writer.rules(known, generous) };
    names.push(name);
  }
  return { names, files, lowest: levels.at(-2) as LevelName };
}

const top = '/repository';

/** The files as seen from the deepest folder, without those that are left out. */
async function load(files: Files): Promise<Ruleset> {
  const read = (path: string) => {
    const file = files[path.slice(top.length + 1)];
    return file === undefined ? null : JSON.stringify(file);
  };
  const stack = FOLDERS.at(-1)?.slice(0, -1) as string;
  return (await loadRuleset({ stack, top, cwd: tmpdir(), classNames: CLASS_NAMES, read })).ruleset;
}

/** The same with everything granted to everybody at one level, so that what is denied is denied by a rule. */
function opened(ruleset: Ruleset, level: LevelName): Ruleset {
  const rule = { id: 'open', at: { file: '', line: 1, column: 1 }, level, why: null, ask: null, enforce: true };
  const open: Grant = { ...rule, kind: 'lane', who: ALWAYS, when: ALWAYS, span: null };
  return { ...ruleset, grants: [...ruleset.grants, open] };
}

const RANK = { allow: 0, 'needs-approval': 1, deny: 2 } as const;

const TREES = 320;
const CHANGES = 45;

describe('adding a lower file', async () => {
  const types = await loadTypes();
  const seen = { changes: 0, denied: 0, asked: 0, allowed: 0, granted: 0, tightened: 0, capped: 0, sections: new Set<string>() };

  test(`${TREES} trees: never lifts a deny, a ceiling, a tier or an approval of the files above`, async () => {
    for (let seed = 1; seed <= TREES; seed += 1) {
      const writer = new Writer(numbersOf(seed));
      const { names, files, lowest } = treeOf(writer);
      const added = names.at(-1) as string;
      const above = Object.fromEntries(
        Object.entries(files).filter(([name]) => name !== added && name !== added.replace('inlane', 'shared')),
      );
      for (const file of Object.values(files)) for (const key of Object.keys(file)) seen.sections.add(key);
      const without = await load(above);
      const whole = await load(files);
      const open = opened(without, 'org');
      const openWhole = opened(whole, 'org');
      // Granted at the lowest level there is above: what this does not grant, no file below can.
      const capped = opened(without, lowest);

      for (const list of ['denies', 'obligations', 'ceilings', 'quotas', 'partial'] as const)
        expect(JSON.stringify(whole[list]), `seed ${seed}: ${list}`).toContain(JSON.stringify(without[list]).slice(1, -1));
      expect(whole.tiers).toEqual(without.tiers);
      expect(whole.registry).toEqual(without.registry);

      for (let index = 0; index < CHANGES; index += 1) {
        const change = writer.change();
        const judge = (ruleset: Ruleset) => judgeExample(change, ruleset, types, null);
        const [before, after, most, mostWhole, cap] = [without, whole, open, openWhole, capped].map(judge) as [
          ReturnType<typeof judge>,
          ReturnType<typeof judge>,
          ReturnType<typeof judge>,
          ReturnType<typeof judge>,
          ReturnType<typeof judge>,
        ];
        const told = () =>
          `seed ${seed}, change ${index}: ${JSON.stringify({ ...change, with: [...change.with] })}\n${JSON.stringify({ before: before.verdict, after: after.verdict, most: most.verdict, mostWhole: mostWhole.verdict, cap: cap.verdict, because: after.because })}\n${JSON.stringify(files)}`;
        const fail = (what: string): never => {
          throw new Error(`${what}\n${told()}`);
        };
        // Whatever is granted: guards, freezes, ceilings, tiers and approvals of the files above stand.
        if (RANK[mostWhole.verdict] < RANK[most.verdict]) fail('loosened, with everything granted above');
        if (RANK[after.verdict] < RANK[most.verdict]) fail('the lower file lets through what no lane above could');
        // What it grants by itself stays inside of the ceilings of every file above.
        if (before.verdict === 'deny' && after.verdict !== 'deny' && cap.verdict === 'deny') fail('a ceiling above is passed');
        if (RANK[after.verdict] < RANK[before.verdict] && before.verdict === 'needs-approval') fail('an approval is gone');
        for (const [wanted, has] of [
          [most, mostWhole],
          [before.verdict === 'deny' ? most : before, after],
        ] as const) {
          if (has.verdict === 'deny' || wanted.verdict === 'deny') continue;
          for (const { id, approval } of wanted.approvals)
            if (!has.approvals.some((other) => other.id === id && JSON.stringify(other.approval) === JSON.stringify(approval)))
              fail(`approval ${id} is dropped`);
        }
        seen.changes += 1;
        if (most.verdict === 'deny') seen.denied += 1;
        if (most.verdict === 'needs-approval') seen.asked += 1;
        if (most.verdict === 'allow') seen.allowed += 1;
        if (before.verdict === 'deny' && after.verdict !== 'deny') seen.granted += 1;
        if (RANK[after.verdict] > RANK[before.verdict]) seen.tightened += 1;
        if (cap.verdict === 'deny' && most.verdict !== 'deny') seen.capped += 1;
      }
    }
  });

  test('and the trees were worth it', () => {
    expect(seen.changes).toBe(TREES * CHANGES);
    // With everything granted above: each verdict.
    expect(seen.denied / seen.changes).toBeGreaterThan(0.2);
    expect(seen.asked / seen.changes).toBeGreaterThan(0.03);
    expect(seen.allowed / seen.changes).toBeGreaterThan(0.1);
    // The lower file did something: granted, tightened, and was capped by a ceiling of a middle file.
    expect(seen.granted).toBeGreaterThan(100);
    expect(seen.tightened).toBeGreaterThan(100);
    expect(seen.capped).toBeGreaterThan(100);
    const sections = ['attributes', 'ceilings', 'classes', 'extends', 'freezes', 'grants', 'guards', 'lanes', 'limits'];
    const rest = ['operations', 'paths', 'principals', 'quotas', 'scope'];
    for (const section of [...sections, ...rest]) expect(seen.sections, section).toContain(section);
  });
});
