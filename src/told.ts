import type { ResourceChange } from './plan/model.ts';
import type { ReportDiagnostic } from './report/report.ts';
import type { RowSource } from './source/locate.ts';
import type { PlanSource } from './source/source.ts';
import type { Finding } from './tags/finding.ts';

/** What the text of the configuration says of rows and findings, each finding by what it says. */
export interface Told {
  readonly sources: ReadonlyMap<ResourceChange, RowSource>;
  readonly findings: ReadonlyMap<string, Finding>;
  readonly patch: string | null;
  readonly diagnostics: readonly ReportDiagnostic[];
}

export const UNTOLD: Told = { sources: new Map(), findings: new Map(), patch: null, diagnostics: [] };

/** The same finding of another pass over the same rows has the same key. */
export function findingKey({ address, deposed, code, key, message }: Finding): string {
  return JSON.stringify([address, deposed, code, key, message]);
}

/** Where the rows that a report shows are written, and where their fixes are made. */
export async function tellPlaces(
  source: PlanSource,
  { findings, shown }: { readonly findings: readonly Finding[]; readonly shown: readonly ResourceChange[] },
): Promise<Told> {
  if (shown.length === 0) return UNTOLD;
  const sources = new Map<ResourceChange, RowSource>();
  for (const change of shown) sources.set(change, await source.placeOf(change));
  const named = new Set(shown.filter(({ deposed }) => deposed === null).map(({ address }) => address));
  const proposed = await source.propose(findings.filter(({ address }) => address !== null && named.has(address)));
  return {
    sources,
    findings: new Map([...proposed.findings].map(([before, after]) => [findingKey(before), after])),
    patch: proposed.patch,
    diagnostics: otherConfiguration(sources),
  };
}

/** A configuration in which nothing of the plan was found is most likely that of another stack. */
function otherConfiguration(sources: ReadonlyMap<ResourceChange, RowSource>): ReportDiagnostic[] {
  const declared = [...sources].filter(([change]) => change.block !== null).map(([, source]) => source);
  const [first] = declared;
  if (first === undefined || first.why === null || declared.some(({ place }) => place !== null)) return [];
  return [
    {
      code: 'source-unknown',
      severity: 'note',
      message: `no row was found in the configuration of the stack: ${first.why}`,
      hint: 'name the folder that the plan was made in with --stack, or leave lines out with --no-source',
    },
  ];
}
