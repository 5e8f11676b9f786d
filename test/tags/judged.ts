import { aws } from '../../providers/aws/provider.ts';
import { azure } from '../../providers/azure/provider.ts';
import { google } from '../../providers/gcp/provider.ts';
import { generic } from '../../providers/generic.ts';
import { kubernetes } from '../../providers/kubernetes/provider.ts';
import type { CarrierName, CatalogRow, Provider } from '../../providers/provider.ts';
import { snowflake } from '../../providers/snowflake/provider.ts';
import type { AttributeDefinition, RequiredTag } from '../../src/classify/attribute.ts';
import { classifyPlan } from '../../src/classify/classify.ts';
import type { ClassifiedChange } from '../../src/classify/model.ts';
import type { PlanFile } from '../../src/plan/model.ts';
import type { Finding } from '../../src/tags/finding.ts';
import { judgeTags } from '../../src/tags/judge.ts';
import { handWritten } from '../providers/recorded.ts';

const PROVIDERS: readonly Provider[] = [aws, azure, google, kubernetes, snowflake];

export const ALWAYS: RequiredTag = { classes: null, on: new Set(['create', 'replace', 'import']), enforce: true };

/** An attribute carried by a tag of its own name, or by the keys given; required unless said otherwise. */
export function attribute(
  name: string,
  parts: Partial<Omit<AttributeDefinition, 'carriers'>> & { carriers?: Partial<Record<CarrierName, string>> } = {},
): AttributeDefinition {
  const { carriers, ...rest } = parts;
  const keys = carriers ?? { aws: name, google: name, azurerm: name, kubernetes: name, snowflake: name };
  return {
    name,
    at: { file: 'inlane.yaml', line: 1, column: 1 },
    values: null,
    sources: [{ from: 'tag', key: name, carrier: true, map: null }],
    required: ALWAYS,
    ...rest,
    carriers: new Map(Object.entries(keys) as [CarrierName, string][]),
  };
}

export const VALUES = new Map([
  ['production', 'production'],
  ['prod', 'production'],
  ['development', 'development'],
  ['dev', 'development'],
]);

export const environment = attribute('environment', { values: VALUES });

export interface Judged {
  readonly catalog?: Readonly<Record<string, CatalogRow>>;
  readonly attributes?: readonly AttributeDefinition[];
  readonly workspace?: string;
}

export function classified(plan: PlanFile, given: Judged = {}): ClassifiedChange[] {
  const attributes = given.attributes ?? [environment];
  const context = {
    attributes: new Map(attributes.map((a) => [a.name, a])),
    classes: new Map(),
    builtin: new Map(),
    knowledge: (source: string) => ({
      provider: PROVIDERS.find((provider) => provider.sources.includes(source)) ?? generic,
      catalog: { managed: new Map(Object.entries(given.catalog ?? {})), data: new Map(), actions: new Map() },
    }),
    options: { workspace: given.workspace ?? null, stack: null, accounts: new Map() },
  };
  return [...classifyPlan(plan, context).rows()];
}

export function judge(plan: PlanFile, given: Judged = {}): Finding[] {
  const attributes = given.attributes ?? [environment];
  return judgeTags({ rows: classified(plan, given), attributes: new Map(attributes.map((a) => [a.name, a])) });
}

export interface RowSpec {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before?: Record<string, unknown> | null;
  readonly after?: Record<string, unknown> | null;
  readonly unknown?: Record<string, unknown>;
  readonly change?: Record<string, unknown>;
  readonly source?: string;
  /** Expressions of the block; null = no block in configuration. */
  readonly block?: Record<string, unknown> | null;
}

/** A plan of hand-written rows with their blocks, through the real door. */
export function planOf(rows: readonly RowSpec[], provider: Record<string, unknown> = {}): PlanFile {
  const split = (address: string) => {
    const [type, name] = address.split('.') as [string, string];
    return { type, name };
  };
  const source = (row: RowSpec) => row.source ?? 'hashicorp/aws';
  const key = (row: RowSpec) => source(row).slice(source(row).indexOf('/') + 1);
  const resource_changes = rows.map((row) => ({
    address: row.address,
    mode: 'managed',
    ...split(row.address),
    provider_name: `registry.terraform.io/${source(row)}`,
    change: {
      actions: row.actions,
      before: row.before ?? null,
      after: row.after ?? null,
      after_unknown: row.unknown ?? {},
      ...row.change,
    },
  }));
  const resources = rows
    .filter((row) => row.block !== null)
    .map((row) => ({
      address: row.address,
      mode: 'managed',
      ...split(row.address),
      provider_config_key: key(row),
      expressions: row.block ?? {},
    }));
  const provider_config = Object.fromEntries(
    rows.map((row) => [key(row), { name: key(row), full_name: `registry.terraform.io/${source(row)}`, expressions: provider }]),
  );
  return handWritten({ resource_changes, configuration: { provider_config, root_module: { resources } } });
}

/** `code severity address key`, in order. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map((f) => [f.code, f.severity, f.address, f.key ?? '-'].join(' '));
}
