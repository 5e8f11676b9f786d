/**
 * Kinds of objects that Resource Manager tags can be bound to, `service.collection` as their permissions spell them
 * (`storage.buckets.listEffectiveTags`): those of the predefined role `roles/resourcemanager.tagUser`
 * (cloud.google.com/iam/docs/roles-permissions/resourcemanager), as recorded in github.com/iann0036/iam-dataset at 04fc4e69d530.
 */
const COLLECTIONS: readonly (readonly [service: string, collections: string])[] = [
  ['alloydb', 'backups clusters'],
  ['apigateway', 'apis gateways'],
  ['apihub', 'apis deployments'],
  ['artifactregistry', 'repositories'],
  ['backupdr', 'backupVaults managementServers'],
  ['beyondcorp', 'appConnections appConnectors appGateways'],
  ['bigquery', 'datasets tables'],
  ['bigtable', 'authorizedViews instances'],
  ['certificatemanager', 'certissuanceconfigs certmapentries certmaps certs dnsauthorizations trustconfigs'],
  ['clouddeploy', 'deliveryPipelines targets'],
  ['cloudkms', 'keyRings'],
  ['cloudsql', 'instances'],
  ['composer', 'environments'],
  [
    'compute',
    'addresses backendBuckets backendServices commitments disks externalVpnGateways firewallPolicies firewalls forwardingRules ' +
      'futureReservations globalAddresses globalForwardingRules globalNetworkEndpointGroups healthChecks httpHealthChecks ' +
      'httpsHealthChecks images instanceGroupManagers instanceGroups instances instantSnapshots interconnectAttachments ' +
      'interconnects licenses machineImages networkAttachments networkEdgeSecurityServices networkEndpointGroups networks ' +
      'packetMirrorings publicDelegatedPrefixes regionBackendBuckets regionBackendServices regionFirewallPolicies ' +
      'regionHealthChecks regionNetworkEndpointGroups regionSecurityPolicies regionSslCertificates regionSslPolicies ' +
      'regionTargetHttpProxies regionTargetHttpsProxies regionTargetTcpProxies regionUrlMaps reservations routers routes ' +
      'securityPolicies serviceAttachments snapshots sslCertificates sslPolicies storagePools subnetworks targetGrpcProxies ' +
      'targetHttpProxies targetHttpsProxies targetInstances targetPools targetSslProxies targetTcpProxies targetVpnGateways ' +
      'urlMaps vpnGateways vpnTunnels',
  ],
  ['container', 'clusters'],
  ['datafusion', 'instances'],
  ['datamigration', 'connectionProfiles migrationJobs privateConnections'],
  ['datastore', 'databases'],
  ['datastream', 'connectionProfiles privateConnections streams'],
  ['dns', 'policies'],
  ['domains', 'registrations'],
  ['eventarc', 'channelConnections channels triggers'],
  ['file', 'backups instances snapshots'],
  ['gkemulticloud', 'attachedClusters'],
  ['gkeonprem', 'bareMetalAdminClusters bareMetalClusters vmwareAdminClusters vmwareClusters'],
  ['iam', 'roles serviceAccounts'],
  ['krmapihosting', 'krmApiHosts'],
  ['livestream', 'channels inputs pools'],
  ['logging', 'buckets'],
  ['managedidentities', 'domains'],
  ['memcache', 'instances'],
  ['metastore', 'federations services'],
  ['monitoring', 'alertPolicies dashboards'],
  ['networkconnectivity', 'hubs spokes'],
  ['networkmanagement', 'connectivitytests'],
  ['networkservices', 'endpointConfigSelectors gateways httpFilters meshes'],
  ['parametermanager', 'parameters'],
  ['privateca', 'caPools certificateTemplates'],
  ['pubsub', 'snapshots subscriptions topics'],
  ['recaptchaenterprise', 'keys'],
  ['redis', 'instances'],
  ['resourcemanager', 'hierarchyNodes'],
  ['run', 'jobs services'],
  ['secretmanager', 'secrets'],
  ['spanner', 'instances'],
  ['storage', 'buckets'],
  ['transcoder', 'jobTemplates jobs'],
  ['vmwareengine', 'networkPeerings networkPolicies privateClouds privateConnections vmwareEngineNetworks'],
  ['workflows', 'workflows'],
  ['workstations', 'workstationClusters'],
];

export const BINDABLE: ReadonlySet<string> = new Set(
  COLLECTIONS.flatMap(([service, collections]) => collections.split(' ').map((collection) => `${service}.${collection}`)),
);

/** Where permissions spell the service or the collection otherwise than the object's name does. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['sqladmin', 'cloudsql'],
  ['firestore', 'datastore'],
]);

const SPELLED: ReadonlyMap<string, string> = new Map([
  ['certificatemanager.certificateIssuanceConfigs', 'certificatemanager.certissuanceconfigs'],
  ['certificatemanager.certificateMapEntries', 'certificatemanager.certmapentries'],
  ['certificatemanager.certificateMaps', 'certificatemanager.certmaps'],
  ['certificatemanager.certificates', 'certificatemanager.certs'],
  ['certificatemanager.dnsAuthorizations', 'certificatemanager.dnsauthorizations'],
  ['certificatemanager.trustConfigs', 'certificatemanager.trustconfigs'],
  ['networkmanagement.connectivityTests', 'networkmanagement.connectivitytests'],
]);

/** The kind of what `projects/P/.../COLLECTION/NAME` of a service names; null = no Resource Manager tag can be bound to it. */
export function bindableKind(service: string, path: string): string | null {
  const segments = path.split('/');
  const collection = segments[segments.length - 2] ?? '';
  const scope = segments[2];
  const owner = SERVICES.get(service) ?? service;
  const kinds = [`${owner}.${collection}`];
  // Only Compute tells the same collection in a region, or the global one, apart.
  if (service === 'compute' && (scope === 'regions' || scope === 'global')) {
    const prefix = scope === 'regions' ? 'region' : 'global';
    kinds.unshift(`${owner}.${prefix}${collection.charAt(0).toUpperCase()}${collection.slice(1)}`);
  }
  return kinds.map((kind) => SPELLED.get(kind) ?? kind).find((kind) => BINDABLE.has(kind)) ?? null;
}
