import { describe, expect, it } from 'vitest';
import { azure } from '../../providers/azure/provider.ts';
import { datadog, generic } from '../../providers/generic.ts';
import { kubernetes } from '../../providers/kubernetes/provider.ts';
import { identifiers, snowflake } from '../../providers/snowflake/provider.ts';
import type { ProviderBlock } from '../../src/plan/model.ts';
import { noRecordings, type RowSpec, recordedPlan, rowOf, spell, tagsOf } from './recorded.ts';

const azureRow = (spec: RowSpec) => rowOf({ source: 'hashicorp/azurerm', block: {}, ...spec });

describe('azure: keys are folded, values are not', () => {
  it.each([
    ['null', { after: { tags: null } }, 'absent'],
    ['empty', { after: { tags: {} } }, 'absent'],
    ['unknown', { after: {}, unknown: { tags: true } }, 'unknown'],
    ['another spelling of the key', { after: { tags: { ENVIRONMENT: 'Prod' } } }, '=Prod'],
    ['two spellings that agree', { after: { tags: { Environment: 'a', environment: 'a' } } }, '=a'],
    ['two spellings that disagree', { after: { tags: { Environment: 'a', environment: 'b' } } }, 'unknown'],
  ])('%s', (_, spec, environment) => {
    const effective = tagsOf(azure, azureRow({ type: 'azurerm_storage_account', ...spec }));
    expect([effective.taggable, spell(effective, azure.foldKey('Environment'))]).toEqual(['yes', environment]);
  });

  it('a list is no map of tags, and null does not show which it is', () => {
    expect(
      tagsOf(azure, azureRow({ type: 'azurerm_api_management_named_value', after: { tags: ['environment'] } })).taggable,
    ).toBe('no');
    expect(tagsOf(azure, azureRow({ type: 'azurerm_api_management_named_value', after: { tags: null } })).taggable).toBe('no');
    expect(tagsOf(azure, azureRow({ type: 'azurerm_subnet', after: { name: 'apps' } })).taggable).toBe('no');
  });

  it('azapi leaves unset tags unknown; the configuration tells', () => {
    const row = (block: Record<string, unknown>) =>
      rowOf({ source: 'azure/azapi', type: 'azapi_resource', block, after: {}, unknown: { tags: true } });
    expect(spell(tagsOf(azure, row({})), 'environment')).toBe('absent');
    expect(spell(tagsOf(azure, row({ tags: {} })), 'environment')).toBe('unknown');
  });

  it("places: the id's subscription before the provider's, the normalised location", () => {
    const provider = azureRow({ type: 'azurerm_subnet', after: {}, provider: { subscription_id: { constant_value: 'AAAA' } } })
      .block?.provider as ProviderBlock;
    const id = '/subscriptions/BBBB/resourceGroups/orders';
    expect(azure.accounts({ id }, null, provider).map((r) => r.value)).toEqual(['bbbb']);
    expect(azure.accounts({}, null, provider).map((r) => r.value)).toEqual(['aaaa']);
    expect(azure.regions({ location: 'West Europe' }, null, provider).map((r) => r.value)).toEqual(['westeurope']);
  });
});

describe("kubernetes: labels of the object's own metadata", () => {
  const row = (spec: RowSpec) => rowOf({ source: 'hashicorp/kubernetes', block: { metadata: [{}] }, ...spec });
  const labels = { environment: 'dev', 'acme.io/team': 'orders' };

  it.each([
    ['a block', { metadata: [{ labels, name: 'a' }] }, 'yes', '=dev'],
    ['one object', { metadata: { labels, name: 'a' } }, 'yes', '=dev'],
    ['unset', { metadata: [{ labels: null, name: 'a' }] }, 'yes', 'absent'],
    ['no labels in the schema', { metadata: [{ name: 'a' }], data: {} }, 'no', 'absent'],
  ])('%s', (_, after, taggable, environment) => {
    const effective = tagsOf(kubernetes, row({ type: 'kubernetes_config_map_v1', after }));
    expect([effective.taggable, spell(effective, 'environment')]).toEqual([taggable, environment]);
  });

  it('one unknown value hides the map', () => {
    const hidden = row({
      type: 'kubernetes_config_map_v1',
      after: { metadata: [{ name: 'a' }] },
      unknown: { metadata: [{ labels: true }] },
    });
    expect(spell(tagsOf(kubernetes, hidden), 'environment')).toBe('unknown');
  });

  it("pod template labels are not the object's", () => {
    const after = { metadata: [{ labels: null }], spec: [{ template: [{ metadata: [{ labels }] }] }] };
    expect(spell(tagsOf(kubernetes, row({ type: 'kubernetes_deployment_v1', after })), 'environment')).toBe('absent');
  });

  it('a manifest holds what was written, and could hold labels', () => {
    const bare = tagsOf(
      kubernetes,
      row({ type: 'kubernetes_manifest', after: { manifest: { kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } } } }),
    );
    expect([bare.taggable, spell(bare, 'environment')]).toEqual(['yes', 'absent']);
    const labelled = tagsOf(kubernetes, row({ type: 'kubernetes_manifest', after: { manifest: { metadata: { labels } } } }));
    expect([spell(labelled, 'environment'), spell(labelled, 'acme.io/team')]).toEqual(['=dev', '=orders']);
    const hidden = tagsOf(kubernetes, row({ type: 'kubernetes_manifest', after: {}, unknown: { manifest: true } }));
    expect([hidden.taggable, spell(hidden, 'environment')]).toEqual(['yes', 'unknown']);
  });

  it('kubernetes_labels writes on another object', () => {
    const effective = tagsOf(kubernetes, row({ type: 'kubernetes_labels', after: { labels, metadata: [{ name: 'a' }] } }));
    expect([effective.taggable, spell(effective, 'environment')]).toEqual(['no', '=dev']);
  });

  it('the namespace', () => {
    expect(kubernetes.namespace({ metadata: [{ namespace: 'orders', name: 'a' }] }, null)?.value).toBe('orders');
    expect(kubernetes.namespace({ manifest: { metadata: { namespace: 'orders' } } }, null)?.value).toBe('orders');
    expect(
      kubernetes.namespace({ metadata: [{ name: 'orders' }] }, { class: 'organization', place: { namespace: 'metadata.0.name' } })
        ?.value,
    ).toBe('orders');
    expect(kubernetes.namespace({ metadata: [{ name: 'a', namespace: null }] }, null)).toBeNull();
  });
});

describe('snowflake: tags come by association', () => {
  const row = (spec: RowSpec) => rowOf({ source: 'snowflakedb/snowflake', block: {}, ...spec });

  it.each([
    ['snowflake_schema', { class: 'database', companions: ['snowflake_tag_association'] }, 'companion'],
    ['snowflake_schema', null, 'companion'],
    ['snowflake_grant_privileges_to_account_role', null, 'no'],
    ['snowflake_tag_association', { class: 'tagging' }, 'no'],
  ] as const)('%s with catalog row %o', (type, catalog, taggable) => {
    expect(tagsOf(snowflake, row({ type, after: { name: 'RAW' } }), 'after', catalog).taggable).toBe(taggable);
  });

  it('the old tag blocks', () => {
    const after = { name: 'T', tag: [{ name: 'environment', value: 'production', database: 'G', schema: 'T' }] };
    const effective = tagsOf(snowflake, row({ type: 'snowflake_table', after }));
    expect([effective.taggable, spell(effective, snowflake.foldKey('environment'))]).toEqual(['yes', '=production']);
  });

  it('keys fold to the last identifier', () => {
    expect(snowflake.foldKey('"GOVERNANCE"."TAGS"."ENVIRONMENT"')).toBe(snowflake.foldKey('environment'));
    expect(snowflake.foldKey(snowflake.foldKey('a.b.team'))).toBe('TEAM');
    expect(identifiers('"a.b"."c""d".e')).toEqual(['a.b', 'c"d', 'e']);
  });
});

describe('other providers', () => {
  it('root tags and labels are read by their shape, under no carrier', () => {
    expect(generic.carrier).toBeNull();
    const row = (after: Record<string, unknown>) => rowOf({ source: 'acme/cloud', type: 'acme_thing', block: {}, after });
    expect(spell(tagsOf(generic, row({ tags: { a: 'b' } })), 'a')).toBe('=b');
    expect(spell(tagsOf(generic, row({ tags: [{ key: 'a', value: 'b' }] })), 'a')).toBe('=b');
    expect(spell(tagsOf(generic, row({ labels: ['a:b:c', 'bare'] })), 'a')).toBe('=b:c');
    expect(tagsOf(generic, row({ name: 'x' })).taggable).toBe('no');
  });

  it('unknown because unset: the configuration tells', () => {
    const row = (block: Record<string, unknown> | null) =>
      rowOf({ source: 'acme/cloud', type: 'acme_thing', block, after: {}, unknown: { tags: true } });
    expect(spell(tagsOf(generic, row({})), 'a')).toBe('absent');
    expect(spell(tagsOf(generic, row({ tags: {} })), 'a')).toBe('unknown');
    expect(spell(tagsOf(generic, row(null)), 'a')).toBe('unknown');
  });

  it('datadog: two values of one key are no value; provider defaults count', () => {
    const row = rowOf({
      source: 'datadog/datadog',
      type: 'datadog_monitor',
      block: { tags: {} },
      after: { tags: ['env:a', 'env:b'] },
      provider: { default_tags: [{ tags: { constant_value: { team: 'x' } } }] },
    });
    const effective = tagsOf(datadog, row);
    expect([spell(effective, 'env'), spell(effective, 'team'), spell(effective, 'service')]).toEqual(['unknown', '=x', 'absent']);
  });
});

/** recorded/azure/untagged: environment, then team, by the comments of its main.tf. */
const AZURE: Readonly<Record<string, readonly [string, string]>> = {
  absent: ['absent', 'absent'],
  empty: ['absent', 'absent'],
  null: ['absent', 'absent'],
  nullvar: ['absent', 'absent'],
  onevalue: ['unknown', 'unknown'],
  envunknown: ['unknown', 'unknown'],
  merged: ['unknown', 'unknown'],
  wholemap: ['unknown', 'unknown'],
  mergedmap: ['unknown', 'unknown'],
  wrongvalue: ['=Prod', '='],
};

/** recorded/azure/odd-tag-carriers/README.md: taggable, environment. */
const ODD: Readonly<Record<string, readonly [string, string]>> = {
  'azurerm_api_management_named_value.color': ['no', 'absent'],
  'azurerm_container_app.api': ['yes', '=production'],
  'azurerm_key_vault_secret.token': ['yes', '=production'],
  'azurerm_resource_group.twice': ['yes', 'unknown'],
  'azurerm_resource_group_template_deployment.plan': ['yes', '=development'],
  'azurerm_role_assignment.management_group': ['no', 'absent'],
  'azurerm_storage_share.reports': ['no', 'absent'],
  'azurerm_user_assigned_identity.hidden': ['yes', '=production '],
};

/** recorded/kubernetes: namespace, environment on the after side. */
const KUBERNETES: Readonly<Record<string, readonly [string | undefined, string]>> = {
  'kubernetes_config_map_v1.app': ['orders-dev', 'unknown'],
  'kubernetes_deployment_v1.api': ['orders-dev', 'absent'],
  'kubernetes_labels.shared': [undefined, 'absent'],
  'kubernetes_persistent_volume_claim_v1.uploads': ['orders-dev', '=dev'],
  'kubernetes_secret_v1.db': ['orders-dev', '=dev'],
  'kubernetes_service_v1.db': ['orders-dev', '=dev'],
  'kubernetes_stateful_set_v1.db': ['orders-dev', '=dev'],
};

describe.skipIf(noRecordings)('recorded plans', () => {
  const rows = (story: string, prefix: string) =>
    noRecordings ? [] : [...recordedPlan(story).rows()].filter((row) => row.type.startsWith(prefix));

  it('azure/untagged', () => {
    const accounts = rows('azure/untagged', 'azurerm_storage_account');
    expect(accounts.map((row) => row.name).sort()).toEqual(Object.keys(AZURE).sort());
    for (const row of accounts) {
      const effective = tagsOf(azure, row);
      expect([spell(effective, 'environment'), spell(effective, 'team')], row.address).toEqual(AZURE[row.name]);
    }
  });

  it('azure/odd-tag-carriers', () => {
    const odd = rows('azure/odd-tag-carriers', 'azurerm_');
    expect(odd.map((row) => row.address).sort()).toEqual(Object.keys(ODD).sort());
    for (const row of odd) {
      const effective = tagsOf(azure, row);
      expect([effective.taggable, spell(effective, 'environment')], row.address).toEqual(ODD[row.address]);
    }
  });

  it('kubernetes/workloads-create', () => {
    const workloads = rows('kubernetes/workloads-create', 'kubernetes_');
    expect(workloads.map((row) => row.address).sort()).toEqual(Object.keys(KUBERNETES).sort());
    for (const row of workloads) {
      const told = [kubernetes.namespace(row.after, null)?.value, spell(tagsOf(kubernetes, row), 'environment')];
      expect(told, row.address).toEqual(KUBERNETES[row.address]);
    }
  });
});
