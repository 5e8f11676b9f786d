import type { CatalogRow, EffectiveTags, Provider } from '../../providers/provider.ts';
import type { AttributeDefinition, ClassDefinition } from '../../src/classify/attribute.ts';
import { type ClassifiedPlan, classifyPlan } from '../../src/classify/classify.ts';
import type { ClassifyContext } from '../../src/classify/context.ts';
import type { ClassifiedChange } from '../../src/classify/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { isObject, member, UNKNOWN } from '../../src/plan/value.ts';

/** A provider of the tests: a root `tags` map is the carrier, everything else is silent. */
export const testProvider: Provider = {
  carrier: 'aws',
  sources: ['acme/test'],
  mirrors: ['tags_all'],
  foldKey: (key) => key,
  effectiveTags({ values }): EffectiveTags {
    const none = { tags: new Map(), open: null, carriers: ['tags'] };
    if (values === null) return { taggable: 'no', ...none };
    if (values === UNKNOWN) return { taggable: 'yes', ...none, open: { why: 'known only after apply', path: 'tags' } };
    if (!Object.hasOwn(values, 'tags')) return { taggable: 'no', ...none };
    const map = member(values, 'tags');
    if (map === UNKNOWN) return { taggable: 'yes', ...none, open: { why: 'known only after apply', path: 'tags' } };
    const tags = new Map(
      isObject(map)
        ? Object.keys(map).map((key) => [key, { state: 'known', value: String(map[key]), from: 'tag' }] as const)
        : [],
    );
    return { taggable: 'yes', ...none, tags };
  },
  accounts: () => [],
  regions: () => [],
  namespace: () => null,
};

export const environment: AttributeDefinition = {
  name: 'environment',
  at: { file: 'inlane.yaml', line: 1, column: 1 },
  values: new Map([
    ['production', 'production'],
    ['prod', 'production'],
    ['development', 'development'],
  ]),
  sources: [{ from: 'tag', key: 'environment', carrier: true, map: null }],
  carriers: new Map([['aws', 'environment']]),
  required: null,
};

export const service: AttributeDefinition = {
  ...environment,
  name: 'service',
  values: null,
  sources: [{ from: 'tag', key: 'service', carrier: true, map: null }],
  carriers: new Map([['aws', 'service']]),
};

export interface World {
  readonly rows?: readonly unknown[];
  readonly plan?: Record<string, unknown>;
  readonly catalog?: Record<string, CatalogRow>;
  readonly data?: Record<string, CatalogRow>;
  readonly attributes?: readonly AttributeDefinition[];
  readonly classes?: readonly ClassDefinition[];
  readonly workspace?: string;
}

export function contextOf(world: World): ClassifyContext {
  const catalog = {
    managed: new Map(Object.entries(world.catalog ?? {})),
    data: new Map(Object.entries(world.data ?? {})),
    actions: new Map(),
  };
  return {
    attributes: new Map((world.attributes ?? [environment, service]).map((a) => [a.name, a])),
    classes: new Map((world.classes ?? []).map((c) => [c.name, c])),
    builtin: new Map([
      ['database', { cross: false, suggests: ['stateful'] }],
      ['stateful', { cross: true, suggests: [] }],
      ['queue', { cross: false, suggests: ['stateful'] }],
    ]),
    knowledge: () => ({ provider: testProvider, catalog }),
    options: { workspace: world.workspace ?? null, stack: null, accounts: new Map() },
  };
}

/** Classifies a plan made of hand-written rows, through the real door. */
export function classifyWorld(world: World): ClassifiedPlan {
  const plan = {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {},
    resource_changes: world.rows ?? [],
    configuration: { root_module: {} },
    prior_state: priorOf(world.rows ?? []),
    ...world.plan,
  };
  return classifyPlan(parsePlan(new TextEncoder().encode(JSON.stringify(plan)), 'plan.json'), contextOf(world));
}

/** The state that the rows' before sides come from: every real plan has it. */
export function priorOf(rows: readonly unknown[]): Record<string, unknown> {
  const resources = rows.flatMap((row) => {
    const { change, previous_address, ...rest } = row as {
      change?: { before?: unknown };
      previous_address?: string;
      address?: string;
    };
    if (!change?.before) return [];
    return [{ ...rest, address: previous_address ?? rest.address, values: change.before, sensitive_values: {} }];
  });
  return { values: { root_module: { resources } } };
}

export function rowsOf(world: World): readonly ClassifiedChange[] {
  return [...classifyWorld(world).rows()];
}

export interface RowParts {
  readonly name?: string;
  readonly type?: string;
  readonly actions?: readonly string[];
  readonly before?: Record<string, unknown> | null;
  readonly after?: Record<string, unknown> | null;
  readonly afterUnknown?: Record<string, unknown> | true;
  readonly change?: Record<string, unknown>;
  readonly row?: Record<string, unknown>;
}

const DEFAULT_SIDE: Record<string, readonly [boolean, boolean]> = {
  create: [false, true],
  delete: [true, false],
  forget: [true, false],
  read: [false, true],
};

export function row(parts: RowParts): Record<string, unknown> {
  const type = parts.type ?? 'acme_db';
  const name = parts.name ?? 'main';
  const actions = parts.actions ?? ['update'];
  const [hasBefore, hasAfter] = (actions.length === 1 ? DEFAULT_SIDE[actions[0] as string] : undefined) ?? [true, true];
  const values = { name, tags: { environment: 'production', service: 'orders' } };
  return {
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/acme/test',
    change: {
      actions,
      before: parts.before === undefined ? (hasBefore ? values : null) : parts.before,
      after: parts.after === undefined ? (hasAfter ? values : null) : parts.after,
      after_unknown: parts.afterUnknown ?? {},
      before_sensitive: false,
      after_sensitive: false,
      ...parts.change,
    },
    ...parts.row,
  };
}
