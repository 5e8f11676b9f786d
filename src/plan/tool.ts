import { elementsOf } from './document.ts';
import { isJsonObject, type Json } from './json.ts';
import { entries } from './module-tree.ts';
import type { TopLevel } from './recognise.ts';

function numbers(version: string | null): readonly [number, number, number] | null {
  const parts = /^v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/.exec(version ?? '');
  return parts === null ? null : [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
}

/** Whether plans of this version mark what a provider's schema calls sensitive: since Terraform 0.15.2; an unnamed version does not count. */
export function marksSchema(version: string | null): boolean {
  const v = numbers(version);
  return v !== null && (v[0] > 0 || v[1] > 15 || (v[1] === 15 && v[2] >= 2));
}

/**
 * Which tool made the plan; a hint, for `terraform_version` holds OpenTofu's version too (plan-json.md 1 and 6).
 * `applyable` and `complete` are Terraform's alone; OpenTofu begins at 1.6 and Terraform writes both keys from 1.8.
 */
export function detectTool(
  top: TopLevel,
  version: string | null,
  configuration: Json | undefined,
): 'terraform' | 'opentofu' | null {
  const { members } = top;
  for (const key of ['applyable', 'complete', 'action_invocations', 'deferred_changes']) if (members.has(key)) return 'terraform';
  const v = numbers(version);
  if (v !== null && v[0] === 0) return 'terraform';
  if (v !== null && v[0] === 1 && v[1] < 6) return 'terraform';
  if (v !== null && v[1] >= 8 && members.has('errored')) return 'opentofu';
  const hosts = hostsOf(top, configuration);
  if (hosts.has('registry.opentofu.org')) return 'opentofu';
  return hosts.has('registry.terraform.io') ? 'terraform' : null;
}

function hostsOf(top: TopLevel, configuration: Json | undefined): Set<string> {
  const hosts = new Set<string>();
  const add = (source: Json | undefined): void => {
    if (typeof source === 'string') hosts.add(source.slice(0, source.indexOf('/')));
  };
  for (const [, block] of entries(isJsonObject(configuration) ? configuration.provider_config : undefined)) {
    if (isJsonObject(block)) add(block.full_name);
  }
  for (const row of elementsOf(top, 'resource_changes')) {
    if (isJsonObject(row)) add(row.provider_name);
    break;
  }
  return hosts;
}
