/** Google's services, by the words that a Terraform type begins with (`google_artifact_registry_` -> `artifactregistry`). */
const SAME_NAME: ReadonlySet<string> = new Set(
  (
    'agentidentity alloydb apigateway apihub artifactregistry backupdr beyondcorp bigquery bigqueryreservation bigtable ' +
    'blockchainnodeengine certificatemanager cloudbuild clouddeploy cloudfunctions composer compute config ' +
    'contactcenterinsights container datafusion dataflow dataform dataplex dataproc dataprocgdc datastream developerconnect ' +
    'dialogflow dns documentai edgecontainer edgenetwork eventarc firebaseapphosting firebasedataconnect firestore gkebackup ' +
    'gkehub gkeonprem healthcare hypercomputecluster licensemanager logging looker lustre managedkafka memcache memorystore ' +
    'migrationcenter modelarmor monitoring netapp networkconnectivity networkmanagement networksecurity networkservices ' +
    'notebooks oracledatabase osconfig parallelstore parametermanager privateca pubsub pubsublite recaptchaenterprise redis ' +
    'secretmanager securesourcemanager servicedirectory spanner storage transcoder vectorsearch vmwareengine workflows workstations'
  ).split(' '),
);

const OTHER_NAME: ReadonlyMap<string, string> = new Map([
  ['activedirectory', 'managedidentities'],
  ['clouddomains', 'domains'],
  ['cloudfunctions2', 'cloudfunctions'],
  ['cloudrun', 'run'],
  ['colab', 'aiplatform'],
  ['containerattached', 'gkemulticloud'],
  ['containeraws', 'gkemulticloud'],
  ['containerazure', 'gkemulticloud'],
  ['databasemigrationservice', 'datamigration'],
  ['dataprocmetastore', 'metastore'],
  ['filestore', 'file'],
  ['gemini', 'cloudaicompanion'],
  ['integrationconnectors', 'connectors'],
  ['kms', 'cloudkms'],
  ['mlengine', 'ml'],
  ['projectiamcustomrole', 'iam'],
  ['serviceaccount', 'iam'],
  ['sql', 'sqladmin'],
  ['vertexai', 'aiplatform'],
  ['workbench', 'notebooks'],
]);

/** The service of a type, without `.googleapis.com`; null where it is not known. The longest run of words decides. */
export function serviceOf(type: string): string | null {
  const words = type.split('_').slice(1);
  for (let count = words.length; count > 0; count--) {
    const joined = words.slice(0, count).join('');
    const service = OTHER_NAME.get(joined) ?? (SAME_NAME.has(joined) ? joined : undefined);
    if (service !== undefined) return service;
  }
  return null;
}

/** Services whose objects without a location in their name are global: their tags hang at the host without a location. */
export const GLOBAL_SERVICES: ReadonlySet<string> = new Set([
  'dns',
  'iam',
  'monitoring',
  'pubsub',
  'recaptchaenterprise',
  'secretmanager',
]);

/** Whose inventory name begins otherwise than the name that tags hang on (cloud.google.com/asset-inventory/docs/asset-names). */
const INVENTORY_HOSTS: ReadonlyMap<string, string> = new Map([['sqladmin', 'cloudsql']]);

export function inventoryHost(service: string): string {
  return `${INVENTORY_HOSTS.get(service) ?? service}.googleapis.com`;
}
