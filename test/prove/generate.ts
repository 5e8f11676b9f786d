import type { Seeded } from '../seeded.ts';
import type { TypeName } from './known-types.ts';

/** Plain data of a lane file: JSON is YAML. */
export type Doc = { [key: string]: unknown };

/** Lane files by name, the org file first, and the types that the world has. */
export interface Case {
  readonly org: Doc;
  readonly project: Doc | null;
  readonly types: readonly TypeName[];
  /** What its rules may speak about. */
  readonly topics: readonly string[];
}

/** What rules of one case speak about besides operation, class and principal. */
interface Topic {
  readonly attribute?: readonly [name: string, definition: Doc];
  readonly path?: string;
  condition(random: Seeded): Doc;
}

/** Topics whose facts have so many cells that a space has no room for more. */
const LARGE = new Set(['changes', 'successor', 'owner', 'size', 'pair', 'until', 'service', 'tagged']);

const OPERATIONS = ['create', 'read', 'update', 'destroy', 'import', 'move', 'forget', 'reclassify', 'invoke'];
const TIMES = ['2026-03-01T00:00:00Z', '2026-03-02T12:00:00Z', '2026-03-05T00:00:00+02:00', '2026-03-06T00:00:00Z'];

/** `not`, `any` and `all` around simple matchers, now and then. */
function about(random: Seeded, simple: () => unknown): unknown {
  const kind = random.below(8);
  if (kind === 0) return { not: simple() };
  if (kind === 1) return [simple(), simple()];
  if (kind === 2) return { all: [simple(), { not: simple() }] };
  if (kind === 3) return { not: { any: [simple(), simple()] } };
  return simple();
}

function fact(key: string, simple: (random: Seeded) => unknown): Topic['condition'] {
  return (random) => ({ [key]: about(random, () => simple(random)) });
}

const ENVIRONMENT: Doc = { values: { production: ['prod'], development: [] } };
const TEAM: Doc = { values: { registry: 'teams' }, from: [{ tag: 'team' }], tag: 'team' };

export const TOPICS: Readonly<Record<string, Topic>> = {
  environment: {
    attribute: ['environment', { ...ENVIRONMENT, from: [{ workspace: { '*-prod': 'prod', 'dev-*': 'development' } }] }],
    condition: (random) =>
      random.chance(0.7)
        ? fact('environment', (r) => r.pick<unknown>(['production', 'development', { glob: 'prod*' }, { exists: true }]))(random)
        : fact('workspace', (r) => r.pick<unknown>([{ glob: '*-prod' }, 'dev-1', 'shop-prod', { glob: 'dev-*' }]))(random),
  },
  tagged: {
    attribute: [
      'environment',
      {
        ...ENVIRONMENT,
        from: [{ tag: 'environment' }],
        tag: { aws: 'environment', google: 'env', azurerm: 'environment' },
      },
    ],
    condition: (random) =>
      random.chance(0.6)
        ? fact('environment', (r) => r.pick(['production', 'development']))(random)
        : fact(random.pick(['tag.environment', 'tag.Environment']), (r) =>
            r.pick<unknown>(['production', 'prod', { exists: false }]),
          )(random),
  },
  byProvider: {
    attribute: [
      'track',
      {
        values: ['stable', 'preview'],
        from: [{ provider: { '*-beta': 'preview', 'hashicorp/*': 'stable' } }, { tag: 'track' }],
        tag: 'track',
      },
    ],
    condition: fact('track', (r) => r.pick<unknown>(['stable', 'preview', { exists: false }])),
  },
  provider: {
    condition: fact('provider', (r) => r.pick<unknown>(['hashicorp/aws', { glob: '*-beta' }, { glob: 'hashicorp/g*' }])),
  },
  team: {
    attribute: ['team', TEAM],
    condition: fact('team', (r) => r.pick<unknown>([{ same_as: 'who.team' }, 'dev', { same_as: 'who.team' }])),
  },
  service: {
    attribute: ['service', { values: 'any', from: [{ tag: 'service' }], tag: 'service' }],
    condition: (random) =>
      random.chance(0.5)
        ? fact('service', (r) => r.pick<unknown>([{ same_as: 'tag.serves' }, 'shop', { same_as: 'name' }]))(random)
        : fact(random.pick(['tag.serves', 'tag.service']), (r) => r.pick<unknown>(['shop', { exists: true }, { glob: 'sh*' }]))(
            random,
          ),
  },
  owner: {
    condition: fact('tag.owner', (r) =>
      r.pick<unknown>([{ same_as: 'who.id' }, { same_as: 'who.owner' }, 'dana', { exists: true }]),
    ),
  },
  size: {
    condition: fact('attr.size', (r) =>
      r.pick<unknown>([5, { gt: 5 }, { gte: 3, lt: 5 }, { lte: 3 }, null, { exists: true }, 'big', { glob: 'b*' }]),
    ),
  },
  flag: { condition: fact('attr.flag', (r) => r.pick<unknown>([true, false, null, { exists: true }])) },
  pair: {
    condition: (random) =>
      random.chance(0.5)
        ? fact('attr.low', (r) => r.pick<unknown>([{ same_as: 'attr.high' }, { gt: 5 }, { lt: 5 }]))(random)
        : fact('attr.high', (r) => r.pick<unknown>([{ gte: 5 }, { same_as: 'attr.low' }]))(random),
  },
  until: { condition: fact('attr.until', (r) => ({ [r.pick(['lt', 'gte'])]: r.pick(TIMES) })) },
  changes: {
    condition: (random) => ({
      changes: {
        [random.pick(['only', 'any', 'none'])]: random.pick([['tuning'], ['size']]),
      },
    }),
  },
  successor: {
    attribute: ['service', { values: 'any', from: [{ tag: 'service' }], tag: 'service' }],
    condition: (random) => ({
      successor: random.pick<unknown>([
        'present',
        'absent',
        { same: ['service'] },
        { same: ['service'], type: 'any' },
        { same: ['service', 'name'] },
      ]),
    }),
  },
  dependents: { condition: fact('dependents', (r) => r.pick<unknown>(['none', 'some', null, { exists: false }])) },
  replaces: { condition: fact('replaces', (r) => r.chance(0.5)) },
  module: {
    condition: fact('module', (r) => r.pick<unknown>([null, { glob: 'module.shop.**' }, { exists: true }, 'module.shop'])),
  },
  reason: { condition: fact('action_reason', (r) => r.pick<unknown>([null, 'replace_because_tainted', { exists: true }])) },
  place: {
    condition: (random) =>
      fact(random.pick(['region', 'account', 'ref']), (r) => r.pick<unknown>(['one', { glob: 'o*' }]))(random),
  },
  now: { condition: (random) => ({ now: random.chance(0.5) ? { gte: random.pick(TIMES) } : { lt: random.pick(TIMES) } }) },
  type: {
    condition: fact('type', (r) =>
      r.pick<unknown>(['aws_db_instance', { glob: 'aws_*' }, { glob: '*_instance' }, { glob: 'acme_*' }, 'acme_thing']),
    ),
  },
};

const CLASS = (random: Seeded): unknown =>
  random.pick<unknown>([
    'database',
    'database',
    ['database', 'identity'],
    { not: 'database' },
    'precious',
    'precious',
    { not: 'precious' },
    ['precious', 'identity'],
    'graph',
    'access',
    { glob: 'data*' },
    'stateful',
    { exists: true },
    { all: ['stateful', { not: 'access' }] },
    'helper',
  ]);

const WHO = (random: Seeded): unknown =>
  random.pick<unknown>([
    'anyone',
    'anyone',
    { kind: 'human' },
    { kind: 'agent' },
    { kind: { not: 'human' } },
    { team: 'dev' },
    { team: { not: 'dev' } },
    { id: 'dana' },
    { id: { glob: 'd*' } },
    { tier: 'T1' },
    { owner: { exists: true } },
    { kind: ['human', 'ci'], assurance: { not: 'none' } },
  ]);

/** A condition of some topics, class and operation now and then. */
class Rules {
  readonly #random: Seeded;
  readonly #topics: readonly Topic[];
  constructor(random: Seeded, topics: readonly Topic[]) {
    this.#random = random;
    this.#topics = topics;
  }

  facts(most = 2): Doc {
    const chosen = this.#random.some(this.#topics, this.#random.below(most + 1));
    const doc: Doc = Object.assign({}, ...chosen.map((topic) => topic.condition(this.#random)));
    if (this.#random.chance(0.45)) doc.class = CLASS(this.#random);
    return doc;
  }

  operations(): unknown {
    return this.#random.chance(0.3) ? 'manage' : this.#random.some(OPERATIONS, 1 + this.#random.below(4));
  }

  may(): Doc {
    const doc = this.facts();
    if (this.#random.chance(0.85)) doc.do = this.operations();
    if (this.#random.chance(0.15)) doc.unless = this.unless();
    if (Object.keys(doc).length === 0) doc.do = this.operations();
    return doc;
  }

  unless(): Doc {
    const doc = this.facts();
    if (this.#random.chance(0.3)) doc.who = this.who(true);
    return Object.keys(doc).length > 0 ? doc : { who: { kind: 'human' } };
  }

  who(narrow = false): unknown {
    const who = WHO(this.#random);
    return narrow && who === 'anyone' ? { kind: 'human' } : who;
  }

  guard(id: string): Doc {
    const doc: Doc = { id, ...this.facts() };
    if (this.#random.chance(0.5)) doc.deny = this.operations();
    else {
      doc.require = { approval: this.approval() };
      if (this.#random.chance(0.7)) doc.do = this.operations();
    }
    if (this.#random.chance(0.3)) doc.who = this.who(true);
    if (this.#random.chance(0.5)) doc.unless = this.unless();
    if (this.#random.chance(0.1)) doc.enforce = 'observe';
    return doc;
  }

  approval(): Doc {
    const approval: Doc = {
      from: this.#random.pick([{ team: 'dev' }, { team: 'sre' }, { id: 'dana' }]),
      count: 1 + this.#random.below(2),
    };
    if (this.#random.chance(0.5)) approval.not_by = this.#random.some(['author', 'delegator'], 1 + this.#random.below(2));
    return approval;
  }

  span(): Doc {
    const from = this.#random.below(TIMES.length - 1);
    return { from: TIMES[from], until: TIMES[from + 1 + this.#random.below(TIMES.length - from - 1)] };
  }

  /** An entry of `never` about what some rule says, or about anything. */
  never(id: string, like: readonly Doc[]): Doc {
    const doc: Doc = { id };
    const model = this.#random.chance(0.75) && like.length > 0 ? this.#random.pick(like) : this.may();
    for (const [key, value] of Object.entries(model)) {
      if (key === 'deny') doc.do = value;
      else if (!['id', 'require', 'enforce', 'from', 'until', 'reason'].includes(key)) doc[key] = value;
    }
    if (this.#random.chance(0.3)) doc.who = this.who(true);
    if (doc.who === 'anyone') delete doc.who;
    if (Object.keys(doc).length === 1) doc.do = this.operations();
    if (id.endsWith('2') || this.#random.chance(0.3)) doc.even_with_approval = true;
    return doc;
  }
}

/** One random case. `size`: topics at most, `first` among them; more of them make larger spaces. */
export function generate(random: Seeded, size: number, first: string): Case {
  const others = Object.keys(TOPICS).filter((name) => name !== first);
  const large = LARGE.has(first);
  const names = [first, ...random.some(others, large ? 0 : random.below(size))];
  const topics = names.map((name) => TOPICS[name] as Topic);
  const rules = new Rules(random, topics);
  const types = random.some<TypeName>(
    ['db', 'dbData', 'bucket', 'role', 'sql', 'azure', 'helper', 'external', 'manifest'],
    large ? 1 + random.below(2) : 2 + random.below(3),
  );
  const lanes = Object.fromEntries(
    Array.from({ length: 1 + random.below(2) }, (_, i) => [
      `lane${i}`,
      { who: rules.who(), may: Array.from({ length: 1 + random.below(2) }, () => rules.may()) },
    ]),
  );
  const guards = Array.from({ length: random.below(4) }, (_, i) => rules.guard(`guard${i}`));
  const classes: Doc = { graph: { is_a: 'database', types: ['acme_*'] } };
  const narrowed = topics.map((topic) => topic.condition(random)).find(isOfObjects);
  classes.precious = { refines: 'database', when: narrowed ?? { type: { glob: '*_instance' } } };
  const org: Doc = {
    inlane: 1,
    level: 'org',
    paths: { tuning: ['size', 'parameter.**'] },
    classes,
    operations: { manage: ['create', 'read', 'update', 'destroy', 'import', 'move'] },
    lanes,
    guards,
  };
  const attributes = topics.flatMap(({ attribute }) => (attribute ? [attribute] : []));
  attributes.sort(([a], [b]) => a.localeCompare(b));
  if (attributes.length > 0) org.attributes = Object.fromEntries(attributes);
  const principals: Doc = {
    teams: { dev: ['dana'], sre: ['dana'] },
    people: { dana: random.chance(0.5) ? { github: '1' } : {} },
    agents: { bot: { owner: 'dana', tier: 'T1', teams: ['dev'] } },
    tiers: { T1: [rules.may(), { do: 'read' }] },
  };
  if (random.chance(0.4)) delete principals.tiers;
  if (!large || first === 'owner' || random.chance(0.3)) org.principals = principals;
  if (random.chance(0.3)) org.freezes = [{ id: 'freeze', deny: rules.operations(), ...rules.facts(1), ...rules.span() }];
  if (random.chance(0.3)) org.grants = [{ id: 'grant', who: rules.who(), may: rules.may(), ...rules.span(), reason: 'CHG-1' }];
  if (random.chance(0.5)) {
    const who = rules.who(random.chance(0.7));
    org.ceilings = [{ id: 'ceiling', who, may: random.chance(0.5) ? [rules.may()] : [rules.may(), { do: rules.operations() }] }];
  }
  const project: Doc | null = random.chance(0.3)
    ? {
        inlane: 1,
        level: 'project',
        scope: rules.facts(1),
        ceilings: [{ id: 'below', may: [rules.may()] }],
        lanes: { shop: { who: rules.who(), may: [rules.may()] } },
        guards: [rules.guard('guard-below')],
      }
    : null;
  if (project && Object.keys(project.scope as Doc).length === 0) delete project.scope;
  const mays = Object.values(lanes).flatMap(({ who, may }) => may.map((one): Doc => (who === 'anyone' ? one : { ...one, who })));
  const never = ['N1', 'N2'].slice(0, 1 + random.below(2)).map((id) => rules.never(id, [...mays, ...guards, ...guards]));
  return { org: { ...org, never }, project, types, topics: names };
}

/** What a refined class may be narrowed by: it sees the object alone. */
function isOfObjects(condition: Doc): boolean {
  const personal = JSON.stringify(condition).includes('"who.');
  const ofChanges = ['changes', 'successor', 'dependents', 'replaces', 'action_reason', 'now', 'ref'];
  return !personal && !Object.keys(condition).some((key) => ofChanges.includes(key));
}
