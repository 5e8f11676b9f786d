import { loadClasses } from '../../providers/classes.ts';
import type { CarrierName, CatalogRow } from '../../providers/provider.ts';
import type { KnownType, TypeKnowledge } from '../../src/prove/types.ts';

interface Entry {
  readonly type: string;
  readonly mode: 'managed' | 'data';
  readonly sources: readonly [string, ...string[]];
  readonly carrier: CarrierName | null;
  readonly row: CatalogRow;
}

/** A small world of types: several providers, a data source beside a managed type of its name, triggers, and one that wraps others. */
export const TYPES = {
  db: {
    type: 'aws_db_instance',
    mode: 'managed',
    sources: ['hashicorp/aws'],
    carrier: 'aws',
    row: { class: 'database', also: ['stateful'] },
  },
  dbData: {
    type: 'aws_db_instance',
    mode: 'data',
    sources: ['hashicorp/aws'],
    carrier: 'aws',
    row: { class: 'database' },
  },
  bucket: {
    type: 'aws_s3_bucket',
    mode: 'managed',
    sources: ['hashicorp/aws'],
    carrier: 'aws',
    row: {
      class: 'object-storage',
      also: ['stateful'],
      access_by: [{ attribute: 'policy' }],
      exposure_by: [{ attribute: 'acl', except: ['private'] }],
    },
  },
  role: { type: 'aws_iam_role', mode: 'managed', sources: ['hashicorp/aws'], carrier: 'aws', row: { class: 'identity' } },
  sql: {
    type: 'google_sql_database_instance',
    mode: 'managed',
    sources: ['hashicorp/google', 'hashicorp/google-beta'],
    carrier: 'google',
    row: { class: 'database', also: ['stateful'] },
  },
  azure: {
    type: 'azurerm_mssql_database',
    mode: 'managed',
    sources: ['hashicorp/azurerm'],
    carrier: 'azurerm',
    row: { class: 'database', also: ['stateful'] },
  },
  helper: { type: 'random_id', mode: 'managed', sources: ['hashicorp/random'], carrier: null, row: { class: 'helper' } },
  external: {
    type: 'external',
    mode: 'data',
    sources: ['hashicorp/external'],
    carrier: null,
    row: { class: 'code-execution' },
  },
  manifest: {
    type: 'kubernetes_manifest',
    mode: 'managed',
    sources: ['hashicorp/kubernetes'],
    carrier: 'kubernetes',
    row: { class: null, wraps: 'manifest.kind' },
  },
} as const satisfies Record<string, Entry>;

export type TypeName = keyof typeof TYPES;

/** Knowledge of some of these types alone. Azure folds tag keys, as in truth. */
export function knowing(names: readonly TypeName[]): TypeKnowledge {
  const entries = names.map((name): Entry => TYPES[name]);
  const known = ({ type, sources, carrier, row }: Entry): KnownType => ({
    type,
    source: sources[0],
    sources,
    row,
    carrier,
    foldKey: (key) => (carrier === 'azurerm' ? key.toLowerCase() : key),
  });
  return {
    find(type, operation) {
      const modes = operation === 'read' || operation === 'invoke' ? ['data', 'managed'] : ['managed'];
      for (const mode of modes) {
        const entry = entries.find((e) => e.type === type && e.mode === mode);
        if (entry) return known(entry);
      }
      return null;
    },
    *all() {
      for (const entry of entries) yield { ...known(entry), mode: entry.mode };
    },
    builtin: loadClasses(),
  };
}
