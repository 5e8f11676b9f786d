import type { PlanFile, ResourceChange } from '../src/plan/model.ts';
import { loadCatalog, loadProvider } from './index.ts';
import type { Catalog, Provider } from './provider.ts';

/** What is known of one provider; catalog null = its types have no class. */
export interface Knowledge {
  readonly provider: Provider;
  readonly catalog: Catalog | null;
}

/** Source addresses of every provider that a plan names; `prior`: those of its prior state. */
export function* sourcesOf(plan: PlanFile, rows: readonly ResourceChange[], prior?: Iterable<string>): Generator<string> {
  for (const row of rows) yield row.provider;
  if (prior !== undefined) yield* prior;
  else for (const object of plan.prior) yield object.provider;
  for (const block of plan.configuration.blocks.values()) yield block.provider?.source ?? '';
}

/** Loads what is known of these providers, and of no other. `mirrors`: source address of a mirror to the provider that it mirrors. */
export async function loadKnowledge(
  sources: Iterable<string>,
  mirrors: ReadonlyMap<string, string>,
): Promise<(source: string) => Knowledge> {
  const known = new Map<string, Knowledge>();
  for (const source of new Set(sources)) {
    const real = mirrors.get(source) ?? source;
    known.set(source, { provider: await loadProvider(real), catalog: loadCatalog(real) });
  }
  const nothing = { provider: await loadProvider(''), catalog: null };
  return (source) => known.get(source) ?? nothing;
}
