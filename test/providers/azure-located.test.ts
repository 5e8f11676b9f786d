import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArmId } from '../../providers/azure/arm-id.ts';
import { located } from '../../providers/azure/located.ts';
import { azure } from '../../providers/azure/provider.ts';
import { type ObjectValue, UNKNOWN } from '../../src/plan/value.ts';
import { noRecordings, SHARED } from './recorded.ts';

const SUB = '1A2B3C4D-0000-4000-8000-00000000000a';
const sub = SUB.toLowerCase();
const G = `/subscriptions/${SUB}/resourceGroups/Orders-Prod`;
const g = G.toLowerCase();

/** Every naming scheme of an id: the id, its canonical form and what it belongs to. */
const SCHEMES: readonly [name: string, type: string, values: ObjectValue, id: string, scope: string][] = [
  [
    'a resource',
    'azurerm_mssql_server',
    { id: `${G}/providers/Microsoft.Sql/servers/Main` },
    `${g}/providers/microsoft.sql/servers/main`,
    `${G}/providers/Microsoft.Sql/servers/Main`.slice(1),
  ],
  [
    'a child',
    'azurerm_mssql_database',
    { id: `${G}/providers/Microsoft.Sql/servers/Main/databases/Orders` },
    `${g}/providers/microsoft.sql/servers/main/databases/orders`,
    `${G}/providers/Microsoft.Sql/servers/Main/databases/Orders`.slice(1),
  ],
  ['a resource group', 'azurerm_resource_group', { id: G }, g, G.slice(1)],
  [
    'a subscription by its alias',
    'azurerm_subscription',
    { id: '/providers/Microsoft.Subscription/aliases/orders', subscription_id: SUB },
    `/subscriptions/${sub}`,
    `subscriptions/${SUB}`,
  ],
  [
    'an extension of a resource',
    'azurerm_role_assignment',
    { id: `${G}/providers/Microsoft.Sql/servers/Main/providers/Microsoft.Authorization/roleAssignments/x` },
    `${g}/providers/microsoft.sql/servers/main/providers/microsoft.authorization/roleassignments/x`,
    `${G}/providers/Microsoft.Sql/servers/Main/providers/Microsoft.Authorization/roleAssignments/x`.slice(1),
  ],
  [
    'an object of the subscription',
    'azurerm_subscription_template_deployment',
    { id: `/subscriptions/${SUB}/providers/Microsoft.Resources/deployments/d` },
    `/subscriptions/${sub}/providers/microsoft.resources/deployments/d`,
    `subscriptions/${SUB}/providers/Microsoft.Resources/deployments/d`,
  ],
  [
    'azapi',
    'azapi_resource',
    { id: `${G}/providers/Microsoft.App/jobs/j`, type: 'Microsoft.App/jobs@2024-03-01' },
    `${g}/providers/microsoft.app/jobs/j`,
    `${G}/providers/Microsoft.App/jobs/j`.slice(1),
  ],
  [
    'a domain service and its replica set',
    'azurerm_active_directory_domain_service',
    { id: `${G}/providers/Microsoft.AAD/domainServices/d/initialReplicaSetId/00000000-0000-0000-0000-000000000000` },
    `${g}/providers/microsoft.aad/domainservices/d`,
    `${G}/providers/Microsoft.AAD/domainServices/d`.slice(1),
  ],
  [
    'the partner configuration of a group',
    'azurerm_eventgrid_partner_configuration',
    { id: G },
    `${g}/providers/microsoft.eventgrid/partnerconfigurations/default`,
    `${G}/providers/Microsoft.EventGrid/partnerConfigurations/default`.slice(1),
  ],
  [
    'brackets and spaces',
    'azurerm_log_analytics_solution',
    { id: `${G}/providers/Microsoft.OperationsManagement/solutions/X(my ws)` },
    `${g}/providers/microsoft.operationsmanagement/solutions/x(my ws)`,
    `${G}/providers/Microsoft.OperationsManagement/solutions/X(my ws)`.slice(1),
  ],
];

describe('where an object of Azure stands', () => {
  for (const [name, type, values, id, scope] of SCHEMES) {
    it(name, () => {
      const target = { cloud: 'azure', partition: null, account: sub, region: null };
      expect(located(type, values, null)).toEqual({ target, id, detail: { scope } });
    });
  }

  const VAULT = 'https://orders.vault.azure.net/secrets/x/1';
  const REFUSED: readonly [type: string, values: ObjectValue, why: string][] = [
    ['azurerm_key_vault_secret', { id: VAULT }, 'kept by the vault itself'],
    ['azurerm_key_vault_key', { id: VAULT }, 'kept by the vault itself'],
    ['azurerm_key_vault_certificate', { id: VAULT }, 'kept by the vault itself'],
    ['azurerm_key_vault_managed_hardware_security_module_key', { id: VAULT }, 'kept by the vault itself'],
    ['azurerm_app_configuration_key', { id: 'https://a.azconfig.io/kv/x?label=' }, 'kept by the configuration store itself'],
    ['azurerm_dns_a_record', { id: `${G}/providers/Microsoft.Network/dnsZones/z/A/www` }, 'metadata of the DNS record set'],
    [
      'azurerm_private_dns_cname_record',
      { id: `${G}/providers/Microsoft.Network/privateDnsZones/z/CNAME/db` },
      'metadata of the DNS record set',
    ],
    [
      'azurerm_kubernetes_cluster_node_pool',
      { id: `${G}/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p` },
      'a property of the node pool',
    ],
    ['azurerm_machine_learning_datastore_blobstorage', { id: G }, 'a property of the object'],
    ['azurerm_log_analytics_saved_search', { id: G }, 'a property of the object'],
    ['azapi_data_plane_resource', { id: 'https://x.search.windows.net/indexes/i' }, 'belongs to a data plane'],
    [
      'azurerm_management_group_template_deployment',
      { id: '/providers/Microsoft.Management/managementGroups/m/providers/x/y/z' },
      'stands in a management group',
    ],
    ['azurerm_tenant_template_deployment', { id: '/providers/Microsoft.Resources/deployments/d' }, 'stands in the tenant'],
    ['azurerm_x', { id: `${G}/providers/Microsoft.X/y/z|${G}` }, 'not an id of Azure Resource Manager'],
    ['azurerm_x', {}, 'hold no id'],
    ['azurerm_x', { id: null }, 'is not known'],
    ['azurerm_x', { id: UNKNOWN }, 'is not known'],
    ['azurerm_x', { id: '' }, 'is not known'],
    ['azurerm_subscription', { id: '/providers/Microsoft.Subscription/aliases/a' }, 'is not known'],
  ];
  for (const [type, values, why] of REFUSED) {
    it(`says why not: ${type} ${why}`, () => {
      expect(located(type, values, null)).toEqual(expect.stringContaining(why));
    });
  }

  it('the provider has it', () => {
    expect(azure).toMatchObject({ cloud: 'azure', located });
  });
});

describe('an id of Azure Resource Manager', () => {
  it('equal objects have equal ids, whatever their spelling', () => {
    const upper = parseArmId(`${G}/PROVIDERS/Microsoft.SQL/Servers/MAIN`.replace('resourceGroups', 'resourcegroups'));
    expect(upper?.canonical).toBe(parseArmId(`${G}/providers/microsoft.sql/servers/main`)?.canonical);
    expect(upper).toMatchObject({ type: 'microsoft.sql/servers', group: g, subscription: sub });
  });

  it('names the type of what is innermost', () => {
    const lock = `${G}/providers/Microsoft.Sql/servers/a/databases/b/providers/Microsoft.Authorization/locks/c`;
    expect(parseArmId(lock)?.type).toBe('microsoft.authorization/locks');
    expect(parseArmId(`${G}/providers/Microsoft.Sql/servers/a/databases/b`)?.type).toBe('microsoft.sql/servers/databases');
    expect(parseArmId(G)?.type).toBe('microsoft.resources/subscriptions/resourcegroups');
    expect(parseArmId(`/subscriptions/${SUB}`)).toMatchObject({ type: 'microsoft.resources/subscriptions', group: null });
  });

  const HOSTILE = [
    `${G}/providers/Microsoft.Sql/servers/../../x`,
    `${G}/providers/Microsoft.Sql/servers/.`,
    `${G}/providers/Microsoft.Sql/servers/a?api-version=1`,
    `${G}/providers/Microsoft.Sql/servers/a#b`,
    `${G}/providers/Microsoft.Sql/servers/%2e%2e`,
    `${G}/providers/Microsoft.Sql/servers/a\nb`,
    `${G}/providers/Microsoft.Sql/servers/a\\b`,
    `${G}/providers/Microsoft.Sql/servers/{{x}}`,
    `${G}/providers/Microsoft.Sql/servers/`,
    `${G}/providers/Microsoft.Sql/servers`,
    `${G}/providers/Microsoft.Sql`,
    `${G}/other/x/y/z`,
    `/subscriptions/${SUB}/resourceGroups`,
    `/subscriptions/not-a-guid/resourceGroups/g`,
    `/subscriptions/${SUB}/`,
    `subscriptions/${SUB}`,
    '/',
    '',
  ];
  for (const id of HOSTILE) {
    it(`is not ${JSON.stringify(id.replace(G, 'GROUP'))}`, () => {
      expect(parseArmId(id)).toBeNull();
    });
  }

  it('never holds what would change the meaning of a URL or a query (any text)', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('/', '..', '?', '#', '%', "'", '\\', 'providers', 'x'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const id = parseArmId(`${G}/providers/Microsoft.Sql/servers/${pieces.join('')}`);
        if (id === null) return;
        const url = new URL(`https://host/${id.scope.split('/').map(encodeURIComponent).join('/')}/end`);
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', ...id.scope.split('/'), 'end']);
        expect([url.search, url.hash]).toEqual(['', '']);
        expect(id.scope).not.toMatch(/[\\|{}\n]/);
      }),
      { seed: 20_260_101, numRuns: 2_000 },
    );
  });
});

const FACTS = join(SHARED, 'facts', 'azurerm.tsv');

describe.skipIf(!existsSync(FACTS) && process.env.INLANE_E2E !== 'required')(
  'every type of the provider that takes a map of tags',
  () => {
    it('is placed by its id, but for those whose tags are elsewhere', () => {
      const types = readFileSync(FACTS, 'utf8')
        .split('\n')
        .map((line) => line.split('\t'))
        .filter(([, mode, tags]) => mode === 'resource' && /\btags:map\b/.test(tags ?? ''))
        .map(([type]) => type as string);
      expect(types.length).toBeGreaterThan(390);
      const id = `${G}/providers/Microsoft.Some/things/x`;
      const elsewhere = types.filter((type) => typeof located(type, { id, subscription_id: SUB }, null) === 'string');
      expect(elsewhere.filter((type) => !/_record$|^azurerm_key_vault_/.test(type))).toEqual([
        'azurerm_app_configuration_feature',
        'azurerm_app_configuration_key',
        'azurerm_kubernetes_cluster_node_pool',
        'azurerm_log_analytics_query_pack_query',
        'azurerm_log_analytics_saved_search',
        'azurerm_machine_learning_datastore_blobstorage',
        'azurerm_machine_learning_datastore_datalake_gen2',
        'azurerm_machine_learning_datastore_fileshare',
        'azurerm_palo_alto_local_rulestack_rule',
      ]);
      expect(elsewhere.length).toBeLessThan(35);
    });
  },
);

describe.skipIf(noRecordings)('recorded states', () => {
  interface Module {
    readonly resources?: readonly { readonly mode: string; readonly type: string; readonly values: ObjectValue }[];
    readonly child_modules?: readonly Module[];
  }
  const objects = (module: Module | undefined): NonNullable<Module['resources']> => [
    ...(module?.resources ?? []),
    ...(module?.child_modules ?? []).flatMap(objects),
  ];

  it('every managed object has a place, or a reason', () => {
    const stories = [
      'platform-create',
      'postgres-cutover',
      'module-for-each',
      'odd-tag-carriers',
      'iam-and-policy',
      'secret-read-deferred',
      'thirty-queues',
      'destroy-stack',
      'scale-in',
      'lock-removed',
      'aks-relabel-and-replace',
    ];
    let placed = 0;
    const reasons = new Set<string>();
    for (const story of stories) {
      const path = join(SHARED, 'recorded', 'azure', story, 'state.json');
      if (!existsSync(path)) continue;
      const { values } = JSON.parse(readFileSync(path, 'utf8'));
      for (const { mode, type, values: object } of objects(values?.root_module)) {
        if (mode !== 'managed' || !type.startsWith('azurerm_')) continue;
        const place = located(type, object, null);
        if (typeof place === 'string') reasons.add(`${type}: ${place}`);
        else {
          placed += 1;
          expect(place.target.account).toBe('00000000-0000-0000-0000-000000000000');
          expect(`/${place.detail.scope}`).toBe(object.id);
          expect(place.id).toBe(String(object.id).toLowerCase());
        }
      }
    }
    expect(placed).toBeGreaterThan(20);
    expect([...reasons].filter((reason) => !/key_vault_secret|dns_cname_record|node_pool/.test(reason))).toEqual([]);
  });
});
