import type { CatalogRow } from '../../providers/provider.ts';
import type { Cloud } from './clouds.ts';
import type { Decision } from './decisions.ts';
import { cell, type Facts, type TypeFacts } from './facts.ts';
import { inherited } from './inherit.ts';

export interface CatalogFile {
  readonly provider: readonly string[];
  readonly managed: Readonly<Record<string, CatalogRow>>;
  readonly data: Readonly<Record<string, CatalogRow>>;
  readonly actions: Readonly<Record<string, CatalogRow>>;
}

const KEYS = [
  'class',
  'by',
  'reason',
  'also',
  'wraps',
  'access_by',
  'exposure_by',
  'parent',
  'refers',
  'computed',
  'optional_computed',
  'identity',
  'protects',
  'guards',
  'abandon',
  'destroy',
  'carriers',
  'companions',
  'tagging',
  'place',
  'partial_tags',
] as const;

/** Decisions and facts of one cloud as its catalog file. A decision wins over what the facts suggest; hand wins over rule. */
export function mergeCatalog(cloud: Cloud, decisions: readonly Decision[], facts: Facts): CatalogFile {
  const rows = new Map<string, CatalogRow>();
  for (const decision of decisions.filter(({ by }) => by === 'hand')) {
    if (rows.has(decision.type)) throw new Error(`${decision.at}: \`${decision.type}\` stands twice`);
    const known = facts.types.get(decision.type);
    if (!known && cloud.tables.length > 0 && !decision.type.startsWith('action.') && !decision.row.reason)
      throw new Error(`${decision.at}: the facts know no \`${decision.type}\`; say in reason= where it comes from`);
    rows.set(decision.type, combine(cloud, decision.type, decision.row, known));
  }
  // The longer pattern is the more particular one.
  const rules = decisions.filter(({ by, inherits }) => by === 'rule' && !inherits).sort((a, b) => b.type.length - a.type.length);
  for (const decision of rules) {
    const pattern = new RegExp(`^${decision.type.replaceAll('*', '.*')}$`);
    for (const [type, known] of facts.types)
      if (pattern.test(type) && !rows.has(type))
        rows.set(type, combine(cloud, type, { ...decision.row, by: decision.type }, known));
  }
  inherit(cloud, rows, decisions, facts);
  nameByShortId(rows, facts);
  return {
    provider: [...cloud.providers].sort(),
    managed: section(rows, (type) => (/^(data|action)\./.test(type) ? null : type)),
    data: section(rows, (type) => (type.startsWith('data.') ? type.slice('data.'.length) : null)),
    actions: section(rows, (type) => (type.startsWith('action.') ? type.slice('action.'.length) : null)),
  };
}

/** Data sources that no line decides, those of the facts and those that lines name. */
function inherit(cloud: Cloud, rows: Map<string, CatalogRow>, decisions: readonly Decision[], facts: Facts): void {
  const decided = new Map(rows);
  const named = new Map(decisions.filter(({ inherits }) => inherits).map(({ type, at }) => [type, at]));
  for (const type of new Set([...facts.types.keys(), ...named.keys()])) {
    if (!type.startsWith('data.') || rows.has(type)) continue;
    const row = inherited(type.slice('data.'.length), (of) => decided.get(of));
    if (row) rows.set(type, combine(cloud, type, row, facts.types.get(type)));
    else if (named.has(type)) throw new Error(`${named.get(type)}: \`${type}\` finds no type to inherit from`);
  }
}

/** Types of the facts that no decision and no rule covers, sorted; `data.TYPE` for data sources. */
export function undecided(file: CatalogFile, facts: Facts): string[] {
  const known = (type: string) =>
    type.startsWith('data.') ? Object.hasOwn(file.data, type.slice('data.'.length)) : Object.hasOwn(file.managed, type);
  return [...facts.types.keys()].filter((type) => !known(type)).sort();
}

/** Others hold the id of what they refer to (`vpc_id`), or its name: both are names of it. */
function nameByShortId(rows: Map<string, CatalogRow>, facts: Facts): void {
  const targets = new Set([...rows.values()].flatMap(({ refers }) => (refers ?? []).map(({ type }) => type)));
  for (const type of [...targets].sort()) {
    const row = rows.get(type);
    if (!row) throw new Error(`something refers to \`${type}\`, which has no decision`);
    const known = facts.types.get(type);
    const hasId = !known || known.computed.includes('id') || known.optionalComputed.includes('id');
    if (hasId && !row.identity?.includes('id')) rows.set(type, inOrder({ ...row, identity: [...(row.identity ?? []), 'id'] }));
  }
}

/** classes.md: what every type of a class carries across; a decision drops one with `-name`. */
const IMPLIED: ReadonlyMap<string | null, string> = new Map([
  ['firewall', 'exposure'],
  ['load-balancer', 'exposure'],
  ['api', 'exposure'],
  ['cdn', 'exposure'],
  ['dns', 'exposure'],
  ['identity', 'access'],
  ['permission', 'access'],
  ['database-user', 'access'],
  ['organization-policy', 'access'],
  ['organization', 'foundation'],
  ['network', 'foundation'],
  ['cluster', 'foundation'],
  ['encryption-key', 'foundation'],
  ['lock', 'protection'],
  ['backup', 'protection'],
]);

function cross(type: string, decided: CatalogRow): string[] {
  const named = decided.also ?? [];
  const implied = /^(data|action)\./.test(type) ? undefined : IMPLIED.get(decided.class);
  const all = [...named.filter((name) => !name.startsWith('-')), ...(implied && !named.includes(`-${implied}`) ? [implied] : [])];
  return [...new Set(all)].sort();
}

function combine(cloud: Cloud, type: string, decided: CatalogRow, facts: TypeFacts | undefined): CatalogRow {
  const found = facts ? cloud.fromFacts(facts, type) : {};
  const merged: Record<string, unknown> = {
    identity: facts && !type.startsWith('data.') ? naming(type, facts) : undefined,
    computed: facts?.computed,
    optional_computed: facts?.optionalComputed,
    ...found,
    ...decided,
    also: cross(type, decided),
    place: found.place || decided.place ? { ...found.place, ...decided.place } : undefined,
  };
  // One type may be protected by what the facts show and by what only people know.
  if (found.protects && decided.protects) {
    const named = new Set(decided.protects.map(({ attribute }) => attribute));
    merged.protects = [...decided.protects, ...found.protects.filter(({ attribute }) => !named.has(attribute))];
  }
  // Setting what makes a later delete keep the object is a forget (lanes.md 4, "towards ABANDON").
  for (const { attribute, value } of decided.abandon ?? []) {
    const protects = (merged.protects ?? []) as NonNullable<CatalogRow['protects']>;
    if (value === true && !protects.some((protection) => protection.attribute === attribute))
      merged.protects = [...protects, { attribute, safe: false, forgets: true, default: false }];
  }
  if (found.refers && decided.refers) {
    const named = new Set(decided.refers.map(({ attribute }) => attribute));
    merged.refers = [...decided.refers, ...found.refers.filter(({ attribute }) => !named.has(attribute))];
  }
  // What a data source belongs to or guards decides nothing: it only reads.
  if (type.startsWith('data.')) for (const key of ['parent', 'refers', 'protects', 'abandon']) delete merged[key];
  return inOrder(merged);
}

/** Keys in the order of `CatalogRow`, empty lists left out. */
function inOrder(values: Partial<Record<(typeof KEYS)[number], unknown>>): CatalogRow {
  const row: Record<string, unknown> = {};
  for (const key of KEYS) {
    const value = values[key];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) row[key] = value;
  }
  return row as unknown as CatalogRow;
}

/** The settable attributes by which others know an object, where the facts leave no choice; decisions name the rest (`id=`). */
function naming(type: string, { columns, computed }: TypeFacts): string[] {
  const settable = cell(columns, 'identity_attrs')
    .filter((entry) => !entry.endsWith(':C'))
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name) => !computed.includes(name));
  if (settable.includes('metadata[].name'))
    return cell(columns, 'place_attrs').includes('metadata[].namespace')
      ? ['metadata.0.name', 'metadata.0.namespace']
      : ['metadata.0.name'];
  const plain = ['identifier', 'bucket', 'name'].find((name) => settable.includes(name));
  if (plain) return [plain];
  const own = settable.find((name) => type.endsWith(`_${name.replace(/_(name|id|identifier)$/, '')}`));
  return own ? [own] : [];
}

function section(rows: ReadonlyMap<string, CatalogRow>, name: (type: string) => string | null): Record<string, CatalogRow> {
  const entries = [...rows].flatMap(([type, row]): [string, CatalogRow][] => {
    const key = name(type);
    return key === null ? [] : [[key, row]];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
