import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTag } from '../../providers/effective.ts';
import type { CatalogRow, EffectiveTags, Provider, TagInput } from '../../providers/provider.ts';
import type { ResourceChange } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Recorded real plans stand beside the project; a run that must not do without them says so. */
export const SHARED = resolve(root, process.env.INLANE_SHARED ?? '../shared');
export const noRecordings = !existsSync(join(SHARED, 'recorded')) && process.env.INLANE_E2E !== 'required';

export function recordedPlan(story: string) {
  return parsePlan(readFileSync(join(SHARED, 'recorded', story, 'plan.json')), `${story}/plan.json`);
}

/** A plan of hand-written rows, read through the real door. */
export function handWritten(plan: Record<string, unknown>) {
  const whole = {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {},
    configuration: { root_module: {} },
    ...plan,
  };
  return parsePlan(new TextEncoder().encode(JSON.stringify(whole)), 'plan.json');
}

export interface RowSpec {
  readonly type: string;
  readonly before?: Record<string, unknown> | null;
  readonly after?: Record<string, unknown> | null;
  readonly unknown?: Record<string, unknown>;
  readonly sensitive?: Record<string, unknown>;
  /** Arguments of the block as the plan writes expressions; null = the plan has no configuration. */
  readonly block?: Record<string, unknown> | null;
  readonly provider?: Record<string, unknown>;
  readonly source?: string;
}

/** One row `TYPE.it` with its block and provider block, as the door hands it over. */
export function rowOf(spec: RowSpec): ResourceChange {
  const source = spec.source ?? 'hashicorp/aws';
  const key = source.slice(source.indexOf('/') + 1);
  const actions = spec.before && spec.after ? ['update'] : spec.before ? ['delete'] : ['create'];
  const change = {
    actions,
    before: spec.before ?? null,
    after: spec.after ?? null,
    after_unknown: spec.unknown ?? {},
    before_sensitive: spec.before ? (spec.sensitive ?? {}) : false,
    after_sensitive: spec.after ? (spec.sensitive ?? {}) : false,
  };
  const provider_name = `registry.terraform.io/${source}`;
  const configuration =
    spec.block === null
      ? undefined
      : {
          provider_config: { [key]: { name: key, full_name: provider_name, expressions: spec.provider ?? {} } },
          root_module: {
            resources: [
              {
                address: `${spec.type}.it`,
                mode: 'managed',
                type: spec.type,
                name: 'it',
                provider_config_key: key,
                expressions: spec.block ?? {},
              },
            ],
          },
        };
  const row = { address: `${spec.type}.it`, mode: 'managed', type: spec.type, name: 'it', provider_name, change };
  const plan = handWritten({
    resource_changes: [row],
    ...(configuration === undefined ? { configuration: undefined } : { configuration }),
  });
  return [...plan.rows()][0] as ResourceChange;
}

export function tagInput(row: ResourceChange, side: 'before' | 'after', catalog: CatalogRow | null = null): TagInput {
  return {
    type: row.type,
    row: catalog,
    side,
    values: side === 'before' ? row.before : row.after,
    otherValues: side === 'before' ? row.after : row.before,
    configured: row.block === null ? null : new Set(row.block.expressions.keys()),
    expressions: row.block?.expressions ?? null,
    providerBlock: row.block?.provider ?? null,
  };
}

export function tagsOf(
  provider: Provider,
  row: ResourceChange,
  side: 'before' | 'after' = 'after',
  catalog: CatalogRow | null = null,
): EffectiveTags {
  return provider.effectiveTags(tagInput(row, side, catalog));
}

/** The value, `absent` or `unknown`: how the tables of these tests spell a reading. */
export function spell(effective: EffectiveTags, key: string): string {
  const reading = readTag(effective, key);
  return reading === null ? 'absent' : reading.state === 'known' ? `=${reading.value}` : 'unknown';
}
