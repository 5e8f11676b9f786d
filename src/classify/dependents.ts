import type { CatalogRow } from '../../providers/provider.ts';
import { type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { mentions } from '../plan/words.ts';
import { objectKey, withoutKeys } from './address.ts';
import { lookup } from './lookup.ts';
import { leaves, type PlanIndex } from './plan-index.ts';
import { namesOf } from './reference.ts';

/** Attributes that others find an object by (lanes.md 3: ARN, endpoint, FQDN, host name, connection name, self link, IP address). */
const LOCATORS = [
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
];

/** Whether a resource that stays after this plan still refers to the object that `row` ends (lanes.md 3). */
export function dependentsFact(
  row: ResourceChange,
  index: PlanIndex,
  catalogRow: (row: ResourceChange) => CatalogRow | null,
): Fact {
  if (row.before === null) return known('dependents', null);
  const locators = locatorsOf(row.before);
  const names = namesOf({ ...row, after: null }, catalogRow(row));
  const byReference = row.block !== null && wholeBlockEnds(row, index);
  const found: FactSource[] = [];
  let open: string | null = null;
  const tell = (address: string, how: string) => found.push({ from: how, name: address, value: null });

  for (const other of index.rows) {
    if (other === row || other.mode !== 'managed' || sameObject(other, row)) continue;
    const values = remains(other);
    if (values === null) continue;
    const where = objectKey(other.address, other.deposed);
    if (byReference && row.block && other.block !== row.block && other.block?.refersTo.has(row.block.address))
      tell(where, 'reference');
    else if (other.block === null && priorDependsOn(other.address, other.deposed, row, index)) tell(where, 'depends_on');
    else if (refersByValue(values, locators, names, row.type, catalogRow(other))) tell(where, 'value');
    else if (other.block === null && holdsUnknown(values))
      open ??= `${where} has no configuration and values known only after apply`;
  }
  for (const object of index.unseen) {
    const where = objectKey(object.address, object.deposed);
    if (object.dependsOn.includes(withoutKeys(row.address))) tell(where, 'depends_on');
    else if (object.values !== null && refersByValue(object.values, locators, names, row.type, null)) tell(where, 'value');
  }
  if (found.length > 0) return known('dependents', 'some', found);
  return open === null ? known('dependents', 'none', [{ from: 'plan', name: null, value: null }]) : unknown('dependents', open);
}

/** What stands after this plan; a forgotten object lives on as it was. Null = gone. */
function remains(row: ResourceChange): ObjectValue | Unknown | null {
  if (row.after !== null) return row.after;
  return row.actions.includes('forget') ? row.before : null;
}

/** Where only some instances of a block go, its references prove nothing: value alone counts. */
function wholeBlockEnds(row: ResourceChange, index: PlanIndex): boolean {
  const siblings = (row.block && index.byBlock.get(row.block.address)) ?? [];
  return siblings.every((other) => leaves(other) || other.before === null);
}

function sameObject(a: ResourceChange, b: ResourceChange): boolean {
  return a.address === b.address && a.deposed === b.deposed;
}

function priorDependsOn(address: string, deposed: string | null, on: ResourceChange, index: PlanIndex): boolean {
  return index.prior.get(objectKey(address, deposed))?.dependsOn.includes(withoutKeys(on.address)) ?? false;
}

function locatorsOf(values: ObjectValue): string[] {
  const found = new Set<string>();
  const collect = (value: Value | undefined) => {
    if (typeof value === 'string') {
      if (value.length >= 4 && /[.:/]/.test(value)) found.add(value);
    } else if (isList(value)) for (const item of value) collectShallow(item, found);
  };
  for (const name of LOCATORS) if (Object.hasOwn(values, name)) collect(values[name]);
  const id = values.id;
  if (typeof id === 'string' && (id.startsWith('/') || id.startsWith('arn:') || id.includes('/'))) found.add(id);
  return [...found];
}

function collectShallow(value: Value, into: Set<string>): void {
  if (typeof value === 'string' && value.length >= 4 && /[.:/]/.test(value)) into.add(value);
  if (!isObject(value)) return;
  for (const name of LOCATORS) {
    const inner = Object.hasOwn(value, name) ? value[name] : null;
    if (typeof inner === 'string' && inner.length >= 4 && /[.:/]/.test(inner)) into.add(inner);
  }
}

function refersByValue(
  values: ObjectValue | Unknown,
  locators: readonly string[],
  names: readonly string[],
  type: string,
  row: CatalogRow | null,
): boolean {
  if (values === UNKNOWN) return false;
  if (locators.some((locator) => mentions(values, locator))) return true;
  return (row?.refers ?? []).some((refer) => {
    if (refer.type !== type) return false;
    const state = lookup(values, parsePattern(refer.attribute));
    if (state.kind === 'value') return typeof state.value === 'string' && names.includes(state.value);
    return (
      state.kind === 'members' && [...state.members.keys()].some((value) => typeof value === 'string' && names.includes(value))
    );
  });
}

function holdsUnknown(values: ObjectValue | Unknown): boolean {
  const work: Value[] = [values];
  while (work.length > 0) {
    const value = work.pop() as Value;
    if (value === UNKNOWN) return true;
    if (isList(value)) work.push(...value);
    else if (isObject(value)) work.push(...Object.keys(value).map((key) => value[key] as Value));
  }
  return false;
}
