import { type BuiltinClass, loadClasses } from '../../providers/classes.ts';
import { KNOWN_SOURCES, loadCatalog, loadProvider } from '../../providers/index.ts';
import type { CarrierName, Catalog, CatalogRow } from '../../providers/provider.ts';
import type { Operation } from '../logic/fact.ts';

/** One type as the catalogs know it. */
export interface KnownType {
  readonly type: string;
  /** Source address of the provider that has it. */
  readonly source: string;
  readonly row: CatalogRow;
  /** Under which name of a `tag:` map its tags stand; null = its provider carries none. */
  readonly carrier: CarrierName | null;
  /** Tag keys as the provider's cloud compares them. */
  foldKey(key: string): string;
}

/** What is known of types beside any plan. */
export interface TypeKnowledge {
  /** The type that an operation acts on: a data source where it reads, a managed one otherwise; null = in no catalog. */
  find(type: string, operation: Operation): KnownType | null;
  /** Every managed type and data source that `find` can return, in a fixed order. */
  all(): Iterable<KnownType & { readonly mode: 'managed' | 'data' }>;
  readonly builtin: ReadonlyMap<string, BuiltinClass>;
}

type Mode = 'managed' | 'data' | 'actions';

/** All catalogs of the package. Rows are parsed when asked for. */
export async function loadTypes(): Promise<TypeKnowledge> {
  const sources = await Promise.all(
    KNOWN_SOURCES.map(async (source) => ({ source, catalog: loadCatalog(source), provider: await loadProvider(source) })),
  );
  const known = (at: (typeof sources)[number], mode: Mode, type: string): KnownType | null => {
    const row = at.catalog?.[mode].get(type);
    const { source, provider } = at;
    return row ? { type, source, row, carrier: provider.carrier, foldKey: (key) => provider.foldKey(key) } : null;
  };
  const find = (type: string, operation: Operation): KnownType | null => {
    for (const mode of modesOf(operation)) {
      const found = sources.flatMap((at) => known(at, mode, type) ?? []);
      const best = found.find(({ source }) => nameOf(source) === prefixOf(type)) ?? found[0];
      if (best) return best;
    }
    return null;
  };
  return {
    find,
    *all() {
      const seen = new Set<Catalog>();
      for (const { catalog } of sources) {
        if (catalog === null || seen.has(catalog)) continue;
        seen.add(catalog);
        for (const mode of ['managed', 'data'] as const) {
          for (const type of catalog[mode].keys()) {
            const found = find(type, mode === 'data' ? 'read' : 'create');
            if (found && found.row === catalog[mode].get(type)) yield { ...found, mode };
          }
        }
      }
    },
    builtin: loadClasses(),
  };
}

/** Where several providers have one catalog file, the type's own prefix says whose it is. */
function prefixOf(type: string): string {
  return type.split('_')[0] ?? '';
}

function nameOf(source: string): string {
  return source.slice(source.lastIndexOf('/') + 1);
}

function modesOf(operation: Operation): readonly Mode[] {
  switch (operation) {
    case 'read':
      return ['data', 'managed'];
    case 'invoke':
      return ['actions', 'data', 'managed'];
    default:
      return ['managed'];
  }
}
