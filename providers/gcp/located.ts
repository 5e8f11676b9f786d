import { ExactNumber, member, type ObjectValue } from '../../src/plan/value.ts';
import type { CloudPlace } from '../cloud.ts';
import { known } from '../places.ts';
import type { CatalogRow } from '../provider.ts';
import { bindableKind } from './bindable.ts';
import { GLOBAL_SERVICES, inventoryHost, serviceOf } from './services.ts';

/** Types that have no labels or tags of their own: what is written in them goes to the objects that they make. */
const FOR_OTHERS: ReadonlyMap<string, string> = new Map([
  ['google_compute_instance_template', 'an instance template hands its labels and tags to instances, and carries none itself'],
  [
    'google_compute_region_instance_template',
    'an instance template hands its labels and tags to instances, and carries none itself',
  ],
  ['google_container_node_pool', 'a node pool hands its labels and tags to nodes, and carries none itself'],
]);

const BESIDE_PROJECTS = 'it stands in an organization or a folder, and a scan asks project by project';

/** Types whose `id` is no resource name: the name, `{attribute}` filled in. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['google_cloud_run_domain_mapping', 'projects/{project}/locations/{location}/domainmappings/{name}'],
  ['google_cloud_run_service', 'projects/{project}/locations/{location}/services/{name}'],
  ['google_container_cluster', 'projects/{project}/locations/{location}/clusters/{name}'],
  ['google_dataflow_job', 'projects/{project}/locations/{region}/jobs/{job_id}'],
  ['google_service_account', 'projects/{project}/serviceAccounts/{unique_id}'],
  ['google_spanner_instance', 'projects/{project}/instances/{name}'],
  ['google_spanner_instance_config', 'projects/{project}/instanceConfigs/{name}'],
  ['google_sql_database_instance', 'projects/{project}/instances/{name}'],
]);

/** Compute hangs tags on the object's number, which these attributes hold. */
const NUMBERS = [
  'instance_id',
  'disk_id',
  'numeric_id',
  'network_id',
  'subnetwork_id',
  'address_id',
  'forwarding_rule_id',
  'snapshot_id',
  'generated_id',
  'tunnel_id',
  'map_id',
  'instance_group_manager_id',
  'proxy_id',
  'certificate_id',
];

/** A location becomes a part of the name of a host, to which credentials are sent. */
export const LOCATION = /^[a-z][a-z0-9-]{0,62}$/;

/** Stands in `detail.parent` for a number that the state does not hold; the asset inventory knows it. */
export const UNTOLD_NUMBER = '{number}';

/**
 * Where an object stands. `id`: its full resource name as Cloud Asset Inventory spells it, with the project's id; clusters always under
 * `locations`. `detail.parent`: the name that tag bindings hang on, with the project's id, where the client puts the number; absent =
 * Resource Manager tags cannot be bound to it, and `detail.kind` with it. `detail.location`: region, zone, multi-region or `global`;
 * absent = the state does not tell.
 */
export function located(type: string, values: ObjectValue, row: CatalogRow | null): CloudPlace | string {
  const forOthers = FOR_OTHERS.get(type);
  if (forOthers !== undefined) return forOthers;
  if (type === 'google_project') return projectPlace(values);
  if (type === 'google_storage_bucket') return bucketPlace(values);
  const service = serviceOf(type);
  const name = nameOf(type, values);
  if (name !== null && /^(organizations|folders)\//.test(name)) return BESIDE_PROJECTS;
  if (service === null) return `the service that \`${type}\` belongs to is not known`;
  if (name === null) return 'its state does not hold the name that Google Cloud knows it by';
  const written = /^projects\/([^/]+)\/.+$/.exec(name)?.[1];
  if (written === undefined) return 'its name is not under a project';
  const account = projectOf(values, row, written);
  const path = `projects/${account}${name.slice('projects/'.length + written.length)}`;
  const kind = bindableKind(service, path);
  const parent = kind === null ? null : `//${service}.googleapis.com/${service === 'compute' ? numbered(path, values) : path}`;
  return place(account, `//${inventoryHost(service)}/${path}`, {
    kind,
    parent,
    location: locationOf(type, service, path, values),
  });
}

function place(
  account: string,
  id: string,
  detail: { readonly kind: string | null; readonly parent: string | null; readonly location: string | null },
): CloudPlace | string {
  // Names go into queries and requests: what no name of Google Cloud holds is not sent.
  if (!/^[\w\-./:@%+~()*,{}]+$/.test(`${id}${detail.parent ?? ''}`)) return 'its name holds characters that no name has';
  if (detail.location !== null && !LOCATION.test(detail.location)) return 'its location holds characters that no location has';
  const told = Object.entries(detail).filter((entry): entry is [string, string] => entry[1] !== null);
  return { target: { cloud: 'google', partition: null, account, region: null }, id, detail: Object.fromEntries(told) };
}

function projectPlace(values: ObjectValue): CloudPlace | string {
  const account = known(values, 'project_id') ?? known(values, 'number');
  if (account === undefined) return 'its state does not hold the id of the project';
  const name = `//cloudresourcemanager.googleapis.com/projects/${account}`;
  return place(account, name, { kind: 'resourcemanager.hierarchyNodes', parent: name, location: 'global' });
}

function bucketPlace(values: ObjectValue): CloudPlace | string {
  const name = known(values, 'name');
  const account = known(values, 'project');
  if (name === undefined || account === undefined) return 'its state does not hold the name and the project of the bucket';
  return place(bare(account), `//storage.googleapis.com/${name}`, {
    kind: 'storage.buckets',
    parent: `//storage.googleapis.com/projects/_/buckets/${name}`,
    location: known(values, 'location')?.toLowerCase() ?? null,
  });
}

/** `projects/P/...` of the object. */
function nameOf(type: string, values: ObjectValue): string | null {
  const link = known(values, 'self_link');
  const linked = link === undefined ? undefined : /\/(projects\/[^/]+\/.+)$/.exec(link)?.[1];
  const template = NAMES.get(type);
  // A link is spelled by the API itself; a container's `project` may be empty in the state.
  if (type === 'google_container_cluster') return clusterName(linked ?? known(values, 'id')) ?? filled(template, values);
  if (template !== undefined) return filled(template, values) ?? (linked !== undefined ? linked : null);
  if (serviceOf(type) === 'compute' && linked !== undefined) return linked;
  for (const attribute of ['id', 'name']) {
    const text = known(values, attribute)?.replace(/^\/+/, '');
    if (text !== undefined && /^(projects\/[^/]+\/.|(organizations|folders)\/.)/.test(text)) return text;
  }
  return linked ?? null;
}

function clusterName(name: string | undefined): string | undefined {
  return name?.replace(/^(projects\/[^/]+)\/zones\//, '$1/locations/');
}

function filled(template: string | undefined, values: ObjectValue): string | null {
  let missing = template === undefined;
  const text = (template ?? '').replace(/\{(\w+)\}/g, (_, attribute: string) => {
    const value = known(values, attribute);
    if (value === undefined) missing = true;
    return attribute === 'project' ? bare(value ?? '') : (value ?? '');
  });
  return missing ? null : text;
}

/** The project's id where the state tells it; a name may hold the number instead. */
function projectOf(values: ObjectValue, row: CatalogRow | null, written: string): string {
  const own = known(values, row?.place?.account ?? 'project');
  return /^\d+$/.test(written) && own !== undefined ? bare(own) : written;
}

function bare(project: string): string {
  return project.startsWith('projects/') ? project.slice('projects/'.length) : project;
}

function numbered(path: string, values: ObjectValue): string {
  const number = NUMBERS.map((attribute) => digits(values, attribute)).find((value) => value !== null) ?? UNTOLD_NUMBER;
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${number}`;
}

function digits(values: ObjectValue, attribute: string): string | null {
  const value = member(values, attribute);
  const text =
    value instanceof ExactNumber ? value.text : typeof value === 'number' && Number.isSafeInteger(value) ? `${value}` : value;
  return typeof text === 'string' && /^[1-9]\d*$/.test(text) ? text : null;
}

function locationOf(type: string, service: string, path: string, values: ObjectValue): string | null {
  const segments = path.split('/');
  if (segments[2] === 'global') return 'global';
  if (segments[2] === 'zones' || segments[2] === 'regions' || segments[2] === 'locations') {
    return segments[3]?.toLowerCase() ?? null;
  }
  if (service === 'spanner') return spannerLocation(known(values, 'config'));
  const attribute = type === 'google_firestore_database' ? 'location_id' : service === 'sqladmin' ? 'region' : 'location';
  const told = known(values, attribute)?.toLowerCase();
  return told ?? (GLOBAL_SERVICES.has(service) ? 'global' : null);
}

/** Tags of an instance hang in the region, or at the name of its multi-region (cloud.google.com/spanner/docs/tags). */
function spannerLocation(config: string | undefined): string | null {
  const name = config?.slice(config.lastIndexOf('/') + 1);
  if (name === undefined || name.startsWith('dual-region-') || name.startsWith('custom-')) return null;
  return name.replace(/^regional-/, '');
}
