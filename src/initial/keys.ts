import type { CarrierName } from '../../providers/provider.ts';
import type { Evidence, SeenObject } from './evidence.ts';
import { type Dimension, dimensionOf, isPlainText } from './words.ts';

/** One spelling of a tag key that stands for a dimension. */
export interface SeenKey {
  readonly key: string;
  readonly rank: number;
  /** Resources that carry it, by the name of their provider in a `tag:` map; null = by none. */
  readonly carriers: ReadonlyMap<CarrierName | null, number>;
  /** Known values of plain text, with the number of resources. */
  readonly values: ReadonlyMap<string, number>;
  /** Resources on which its value is known only after apply, or sensitive. */
  readonly unknown: number;
  /** Resources on which its value is no plain text. */
  readonly odd: number;
  readonly total: number;
}

/** Managed resources, which are what tags stand on. */
export function managed(evidence: Evidence): readonly SeenObject[] {
  return evidence.objects.filter(({ mode }) => mode === 'managed');
}

/** Tag keys that stand for a dimension, the most common first, then the plainest name. */
export function keysOf(evidence: Evidence, dimension: Dimension): readonly SeenKey[] {
  const found = new Map<string, Draft>();
  for (const object of managed(evidence)) {
    for (const [key, value] of object.tags) {
      const meant = dimensionOf(key);
      if (meant?.dimension !== dimension || !isPlainText(key)) continue;
      const draft = found.get(key) ?? { rank: meant.rank, carriers: new Map(), values: new Map(), unknown: 0, odd: 0, total: 0 };
      found.set(key, draft);
      draft.total += 1;
      draft.carriers.set(object.carrier, (draft.carriers.get(object.carrier) ?? 0) + 1);
      if (value === null) draft.unknown += 1;
      else if (isPlainText(value)) draft.values.set(value, (draft.values.get(value) ?? 0) + 1);
      else draft.odd += 1;
    }
  }
  return [...found]
    .map(([key, draft]) => ({ key, ...draft }))
    .sort((a, b) => b.total - a.total || a.rank - b.rank || (a.key < b.key ? -1 : 1));
}

interface Draft {
  readonly rank: number;
  readonly carriers: Map<CarrierName | null, number>;
  readonly values: Map<string, number>;
  unknown: number;
  odd: number;
  total: number;
}

/** The key that carries a dimension on each provider: the most common one there. */
export function carriersOf(keys: readonly SeenKey[]): ReadonlyMap<CarrierName, string> {
  const names = [...new Set(keys.flatMap(({ carriers }) => [...carriers.keys()]))].filter((name) => name !== null).sort();
  return new Map(
    names.flatMap((name) => {
      const [best] = [...keys].sort((a, b) => (b.carriers.get(name) ?? 0) - (a.carriers.get(name) ?? 0));
      return best === undefined ? [] : [[name, best.key] as const];
    }),
  );
}

/** `tag:` of an attribute: one key where all providers share it. */
export function tagOf(carriers: ReadonlyMap<CarrierName, string>): string | ReadonlyMap<CarrierName, string> | null {
  const keys = new Set(carriers.values());
  if (keys.size > 1) return carriers;
  return [...keys][0] ?? null;
}

const MOST_TOLD = 8;

/** `prod (12), production (2)`, the most common first. */
export function counted(values: ReadonlyMap<string, number>): string {
  const sorted = [...values].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const told = sorted.slice(0, MOST_TOLD).map(([value, count]) => `${value} (${count})`);
  return sorted.length > MOST_TOLD ? `${told.join(', ')} and ${sorted.length - MOST_TOLD} more` : told.join(', ');
}

/** `1 resource`, `2 resources`. */
export function resources(count: number): string {
  return `${count} ${count === 1 ? 'resource' : 'resources'}`;
}

/** `plan.json`, or `3 plans`. */
export function plansInWords({ plans }: Evidence): string {
  const [only] = plans;
  return plans.length === 1 && only ? only.name : `${plans.length} plans`;
}

/** Where a key stands and what it says. */
export function keyInWords({ key, values, unknown, odd, total }: SeenKey, evidence: Evidence): string {
  const taggable = managed(evidence).filter((object) => object.taggable || object.tags.size > 0).length;
  const rest = [
    ...(values.size > 0 ? [counted(values)] : []),
    ...(unknown > 0 ? [`not known before apply on ${unknown}`] : []),
    ...(odd > 0 ? [`no plain text on ${odd}, left out`] : []),
  ];
  return `tag \`${key}\` stands on ${total} of ${taggable} taggable resources of ${plansInWords(evidence)}: ${rest.join('; ')}`;
}
