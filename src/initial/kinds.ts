import type { Operation } from '../logic/fact.ts';
import type { Evidence, SeenObject } from './evidence.ts';
import { managed } from './keys.ts';

/** What is known of one type of a catalog, for tests that name it. */
export interface TypeFacts {
  readonly class: string | null;
  readonly also: readonly string[];
  /** Top-level attributes that carry a class of their own. */
  readonly telling: ReadonlySet<string>;
}

/** What the proposal asks of the catalogs. Type names are those of managed resources; `read` = of data sources. */
export interface Catalogs {
  find(type: string, operation: Operation): TypeFacts | null;
}

/** Kinds of things that the plans show. */
export interface Kinds {
  /** Primary classes that developers may be let alone with where it is no production, sorted, with the number of resources. */
  readonly plain: ReadonlyMap<string, number>;
  /** Primary classes that say who may do what, and `lock`. */
  readonly careful: ReadonlyMap<string, number>;
  /** Whether anything runs code: provisioners, invocations, data sources such as `external`. */
  readonly runs: boolean;
  /** Classes of what has provisioners or is invoked, `code-execution` aside. */
  readonly invoked: readonly string[];
  /** Whether these plans show helpers only, so that `plain` is an example. */
  readonly example: boolean;
}

/** Classes that need a second pair of eyes wherever they are. */
const CAREFUL: ReadonlySet<string> = new Set(['identity', 'permission', 'database-user', 'organization-policy', 'lock']);
const EXAMPLE: readonly string[] = ['app-config', 'database', 'log', 'queue', 'topic'];

export function kindsOf(evidence: Evidence): Kinds {
  const all = new Map<string, number>();
  const invoked = new Set<string>();
  let runs = false;
  for (const { classes, operations } of evidence.objects) {
    const [own] = classes;
    if (operations.includes('invoke') || own === 'code-execution') runs = true;
    if (own !== undefined && own !== 'code-execution' && operations.includes('invoke')) invoked.add(own);
  }
  for (const { classes } of managed(evidence)) {
    const [own] = classes;
    if (own === undefined || own === 'helper' || own === 'code-execution') continue;
    all.set(own, (all.get(own) ?? 0) + 1);
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  const example = sorted.length === 0;
  return {
    plain: new Map(example ? EXAMPLE.map((name) => [name, 0]) : sorted.filter(([name]) => !CAREFUL.has(name))),
    careful: new Map(sorted.filter(([name]) => CAREFUL.has(name))),
    runs,
    invoked: [...invoked].sort(),
    example,
  };
}

/** Types of no catalog by provider, sorted, with the number of resources. */
export function unknownTypes(evidence: Evidence): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { provider, type, catalogued } of managed(evidence)) {
    if (catalogued) continue;
    const types = found.get(provider) ?? new Map<string, number>();
    found.set(provider, types.set(type, (types.get(type) ?? 0) + 1));
  }
  const sorted = <T>(map: ReadonlyMap<string, T>) => new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(new Map([...found].map(([provider, types]) => [provider, sorted(types)])));
}

/** A type of the plans that is of this class and says nothing of access; the likeliest one first. */
export function typeOf(evidence: Evidence, isOf: (object: SeenObject) => boolean): string | null {
  const counts = new Map<string, number>();
  for (const object of evidence.objects) {
    if (object.catalogued && isOf(object)) counts.set(object.type, (counts.get(object.type) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return first?.[0] ?? null;
}
