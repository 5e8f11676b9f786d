import type { PlanFile, ResourceChange } from '../src/plan/model.ts';
import { loadCatalog, loadProvider } from './index.ts';
import type { Catalog, Provider } from './provider.ts';

/** What is known of one provider; catalog null = its types have no class. */
export interface Knowledge {
  readonly provider: Provider;
  readonly catalog: Catalog | null;
}

/**
 * Loads what is known of the providers that the plan names, and of no other. `mirrors`: source address of a mirror to the provider that
 * it mirrors.
 */
export async function loadKnowledge(
  plan: PlanFile,
  rows: readonly ResourceChange[],
  mirrors: ReadonlyMap<string, string>,
): Promise<(source: string) => Knowledge> {
  const sources = new Set<string>();
  for (const row of rows) sources.add(row.provider);
  for (const object of plan.prior) sources.add(object.provider);
  for (const block of plan.configuration.blocks.values()) sources.add(block.provider?.source ?? '');
  const known = new Map<string, Knowledge>();
  for (const source of sources) {
    const real = mirrors.get(source) ?? source;
    known.set(source, { provider: await loadProvider(real), catalog: loadCatalog(real) });
  }
  const nothing = { provider: await loadProvider(''), catalog: null };
  return (source) => known.get(source) ?? nothing;
}
