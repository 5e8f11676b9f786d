import { member, type ObjectValue } from '../../src/plan/value.ts';
import type { CloudPlace } from '../cloud.ts';
import { known } from '../places.ts';
import type { CatalogRow } from '../provider.ts';
import { parseArmId } from './arm-id.ts';

/**
 * Types whose `tags` are no tags of Azure Resource Manager: the provider writes them elsewhere, where neither the Tags API nor Resource
 * Graph sees them. Read in the provider's source (hashicorp/terraform-provider-azurerm, `internal/services`).
 */
const ELSEWHERE: readonly (readonly [types: RegExp, where: string])[] = [
  [
    /^azurerm_key_vault_(secret|key|certificate|managed_storage_account(_sas_token_definition)?|managed_hardware_security_module_key)$/,
    'are kept by the vault itself, not by Azure Resource Manager',
  ],
  [/^azurerm_app_configuration_(key|feature)$/, 'are kept by the configuration store itself, not by Azure Resource Manager'],
  [/^azurerm_(private_)?dns_[a-z]+_record$/, 'are metadata of the DNS record set, not tags of Azure Resource Manager'],
  [
    /^azurerm_kubernetes_cluster_node_pool$/,
    'are a property of the node pool, which its scale set gets, not tags of Azure Resource Manager',
  ],
  [
    /^azurerm_(log_analytics_saved_search|log_analytics_query_pack_query|machine_learning_datastore_[a-z0-9_]+|palo_alto_local_rulestack_rule)$/,
    'are a property of the object, not tags of Azure Resource Manager',
  ],
];

/**
 * Where the object of these values stands: its subscription, its ARM id in lower case, and in `detail.scope` the id as it was spelled,
 * without the leading slash. A string says why that cannot be told. Whether the type can carry tags is not judged here.
 */
export function located(type: string, values: ObjectValue, _row: CatalogRow | null): CloudPlace | string {
  const elsewhere = ELSEWHERE.find(([types]) => types.test(type));
  if (elsewhere !== undefined) return `tags of \`${type}\` ${elsewhere[1]}`;
  const text = idOf(type, values);
  if (text === undefined) return member(values, 'id') === undefined ? 'its values hold no id' : 'its id is not known';
  const id = parseArmId(text);
  if (id === null) return whyNot(text);
  const target = { cloud: 'azure', partition: null, account: id.subscription, region: null } as const;
  return { target, id: id.canonical, detail: { scope: id.scope } };
}

function idOf(type: string, values: ObjectValue): string | undefined {
  const id = known(values, 'id');
  // A subscription's own id is that of its alias, `/providers/Microsoft.Subscription/aliases/NAME`.
  if (type === 'azurerm_subscription') {
    const subscription = known(values, 'subscription_id');
    return subscription === undefined ? undefined : `/subscriptions/${subscription}`;
  }
  // The provider appends the first replica set, which is no resource of its own, to the id of a domain service.
  if (type === 'azurerm_active_directory_domain_service') return id?.replace(/\/initialReplicaSetId\/[^/]*$/i, '');
  // A resource group has one partner configuration at most, and the provider gives it the id of the group.
  if (type === 'azurerm_eventgrid_partner_configuration')
    return id === undefined ? undefined : `${id}/providers/Microsoft.EventGrid/partnerConfigurations/default`;
  return id;
}

function whyNot(id: string): string {
  if (/^https?:\/\//i.test(id)) return 'its id is a web address: it belongs to a data plane, which the Tags API does not reach';
  if (/^\/providers\/microsoft\.management\/managementgroups\//i.test(id))
    return 'it stands in a management group, outside any subscription';
  if (/^\/providers\//i.test(id)) return 'it stands in the tenant, outside any subscription';
  return 'its id is not an id of Azure Resource Manager';
}
