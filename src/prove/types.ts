import { type BuiltinClass, loadClasses } from '../../providers/classes.ts';
import { KNOWN_SOURCES, loadCatalog, loadProvider } from '../../providers/index.ts';
import type { CarrierName, Catalog, CatalogRow, Provider } from '../../providers/provider.ts';
import type { Operation } from '../logic/fact.ts';

/** One type as the catalogs know it. */
export interface KnownType {
  readonly type: string;
  /** Source address of the provider that has it, the likeliest where several do. */
  readonly source: string;
  /** All of them. */
  readonly sources: readonly string[];
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
  /** Everything that `find` can return, in a fixed order. */
  all(): Iterable<KnownType & { readonly mode: Mode }>;
  readonly builtin: ReadonlyMap<string, BuiltinClass>;
}

export type Mode = 'managed' | 'data' | 'actions';

let loaded: Promise<TypeKnowledge> | null = null;

/** All catalogs of the package, gathered once. Rows are parsed when asked for. */
export function loadTypes(): Promise<TypeKnowledge> {
  loaded ??= gatherTypes();
  return loaded;
}

async function gatherTypes(): Promise<TypeKnowledge> {
  const byCatalog = new Map<Catalog, { readonly source: string; readonly provider: Provider }[]>();
  for (const source of KNOWN_SOURCES) {
    const catalog = loadCatalog(source);
    if (catalog === null) continue;
    byCatalog.set(catalog, [...(byCatalog.get(catalog) ?? []), { source, provider: await loadProvider(source) }]);
  }
  const known = (type: string, row: CatalogRow, catalog: Catalog): KnownType => {
    const served = byCatalog.get(catalog) ?? [];
    const own = served.filter(({ source }) => `${nameOf(source)}-`.startsWith(`${prefixOf(type)}-`));
    const likely = own.length > 0 ? own : served;
    const [first] = likely;
    if (first === undefined) throw new Error('a catalog of no provider');
    const { source, provider } = first;
    const sources = likely.map((s) => s.source);
    return { type, source, sources, row, carrier: provider.carrier, foldKey: (key) => provider.foldKey(key) };
  };
  const everything = function* () {
    for (const catalog of byCatalog.keys())
      for (const mode of ['managed', 'data', 'actions'] as const)
        for (const [type, row] of catalog[mode]) yield { ...known(type, row, catalog), mode };
  };
  let all: readonly (KnownType & { readonly mode: Mode })[] | null = null;
  return {
    find(type, operation) {
      for (const mode of modesOf(operation)) {
        for (const catalog of byCatalog.keys()) {
          const row = catalog[mode].get(type);
          if (row) return known(type, row, catalog);
        }
      }
      return null;
    },
    all() {
      all ??= [...everything()];
      return all;
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
