import type { CatalogRow } from '../../providers/provider.ts';
import { isList, isObject, member, namesOfMembers, type ObjectValue, type Value } from '../plan/value.ts';
import { namesIn } from './named-rows.ts';

/** Attributes that others find an object by (lanes.md 3: ARN, endpoint, FQDN, host name, connection name, self link, IP address). */
const LOCATORS: ReadonlySet<string> = new Set([
  'arn',
  'endpoint',
  'reader_endpoint',
  'address',
  'fqdn',
  'dns_name',
  'host',
  'hostname',
  'host_name',
  'connection_name',
  'self_link',
  'private_ip_address',
  'public_ip_address',
  'ip_address',
  'first_ip_address',
  'private_ip',
  'public_ip',
  'private_dns',
  'public_dns',
  'dns_endpoint',
  'primary_endpoint_address',
  'configuration_endpoint',
  'url',
  'uri',
  'vault_uri',
  'invoke_url',
  'domain_name',
  'bucket_domain_name',
  'default_hostname',
  'server_fqdn',
  'primary_blob_endpoint',
]);

/** Attributes that hold an object's own name, whatever its type. */
const OWN_NAMES = ['id', 'arn', 'name', 'self_link', 'fully_qualified_name'];

/** By what others name an object. */
export interface ObjectNames {
  /** Where it is found: addresses of it, anywhere in a value. */
  readonly locators: readonly string[];
  /** Its catalog identity, in attributes that refer to its type. */
  readonly identities: readonly string[];
  /** Every text that others are likely to name it by, those among them. */
  readonly likely: readonly string[];
}

export function objectNames(values: ObjectValue, catalog: CatalogRow | null): ObjectNames {
  const locators = locatorsOf(values);
  const identities = namesIn([values], catalog);
  const likely = new Set([...locators, ...identities]);
  for (const attribute of OWN_NAMES) {
    const text = member(values, attribute);
    if (typeof text !== 'string' || text === '') continue;
    likely.add(text);
    const project = text.indexOf('/projects/');
    if (project >= 0) likely.add(text.slice(project + 1));
  }
  return { locators, identities, likely: [...likely] };
}

/** Where an object is found: addresses of it, anywhere in a value. */
export function locatorsOf(values: ObjectValue): string[] {
  const found = new Set<string>();
  const collect = (value: Value | undefined) => {
    if (isAddress(value)) found.add(value);
    else if (isList(value)) for (const item of value) collectShallow(item, found);
  };
  for (const name of namesOfMembers(values)) if (LOCATORS.has(name)) collect(member(values, name));
  const id = member(values, 'id');
  if (typeof id === 'string' && (id.startsWith('/') || id.startsWith('arn:') || id.includes('/'))) found.add(id);
  return [...found];
}

function collectShallow(value: Value, into: Set<string>): void {
  if (isAddress(value)) into.add(value);
  if (!isObject(value)) return;
  for (const name of namesOfMembers(value)) {
    const inner = LOCATORS.has(name) ? member(value, name) : undefined;
    if (isAddress(inner)) into.add(inner);
  }
}

/** Whether a value is long and structured enough that it means one place wherever it stands. */
function isAddress(value: Value | undefined): value is string {
  return typeof value === 'string' && value.length >= 4 && /[.:/]/.test(value);
}
