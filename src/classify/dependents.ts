import type { CatalogRow } from '../../providers/provider.ts';
import { type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import { stripKeys } from '../plan/address.ts';
import type { ResourceChange } from '../plan/model.ts';
import { Needles } from '../plan/needles.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { objectKey } from './address.ts';
import { lookup } from './lookup.ts';
import { append } from './multimap.ts';
import { leaves, type PlanIndex } from './plan-index.ts';
import { namesBefore } from './reference.ts';

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

/** One thing that stays after the plan, or that the plan does not show. */
interface Staying {
  readonly where: string;
  readonly row: ResourceChange | null;
  /** Its position, so that what is found is told in plan order. */
  readonly order: number;
}

/** Who refers to what after this plan (lanes.md 3, `dependents`), indexed once, so that a plan that ends many objects stays cheap. */
export class Dependents {
  private readonly index: PlanIndex;
  private readonly catalogRow: (row: ResourceChange) => CatalogRow | null;
  private readonly staying: { readonly one: Staying; readonly values: ObjectValue | Unknown }[] = [];
  /** Each locator that was looked for, with what mentions it. */
  private readonly mentioning = new Map<string, Staying[]>();
  /** How many rows' locators were looked for: none, those of rows that do something, all. */
  private searched: 'none' | 'changing' | 'all' = 'none';
  private readonly byReference = new Map<string, Staying[]>();
  private readonly byPriorDependency = new Map<string, Staying[]>();
  /** Type that is referred to and the name in the attribute, to who names it so. */
  private readonly byName = new Map<string, Staying[]>();
  private readonly opaque: Staying[] = [];

  constructor(index: PlanIndex, catalogRow: (row: ResourceChange) => CatalogRow | null) {
    this.index = index;
    this.catalogRow = catalogRow;
    let order = 0;
    for (const row of index.rows) {
      const values = row.mode === 'managed' ? remains(row) : null;
      if (values !== null) this.add({ where: objectKey(row.address, row.deposed), row, order }, row, values);
      order += 1;
    }
    for (const object of index.unseen) {
      const staying = { where: objectKey(object.address, object.deposed), row: null, order };
      for (const on of object.dependsOn) append(this.byPriorDependency, on, staying);
      if (object.values !== null) this.staying.push({ one: staying, values: object.values });
      order += 1;
    }
  }

  private add(staying: Staying, row: ResourceChange, values: ObjectValue | Unknown): void {
    this.staying.push({ one: staying, values });
    for (const block of row.block?.refersTo ?? []) append(this.byReference, block, staying);
    if (row.block === null) {
      for (const on of this.index.dependsOn(staying.where)) append(this.byPriorDependency, on, staying);
      if (holdsUnknown(values)) this.opaque.push(staying);
    }
    for (const refer of this.catalogRow(row)?.refers ?? []) {
      for (const name of namesAt(values, refer.attribute)) append(this.byName, `${refer.type}\0${name}`, staying);
    }
  }

  /**
   * What mentions a locator. Every value is walked once for the locators of all rows that do something; a second time where the
   * object of another row is asked for, as that of a lock is.
   */
  private mentions(locator: string): readonly Staying[] {
    const { rows, unseen } = this.index;
    if (this.searched === 'none') {
      this.searched = 'changing';
      this.search(rows.filter((row) => row.actions.some((action) => action !== 'no-op' && action !== 'read')).map(before));
    }
    if (!this.mentioning.has(locator) && this.searched === 'changing') {
      this.searched = 'all';
      this.search([...rows.map(before), ...unseen.map((object) => object.values)]);
    }
    if (!this.mentioning.has(locator)) this.searchFor([locator]);
    return this.mentioning.get(locator) ?? [];
  }

  private search(objects: readonly (ObjectValue | null)[]): void {
    const locators = new Set(objects.flatMap((values) => (values === null ? [] : locatorsOf(values))));
    this.searchFor([...locators].filter((locator) => !this.mentioning.has(locator)));
  }

  private searchFor(locators: readonly string[]): void {
    for (const locator of locators) this.mentioning.set(locator, []);
    const needles = new Needles(locators);
    for (const { one, values } of this.staying) for (const text of needles.in(values)) append(this.mentioning, text, one);
  }

  /** The fact `dependents` of the object that `row` ends; null where nothing stands before. */
  of(row: ResourceChange): Fact {
    if (row.before === null) return known('dependents', null);
    const found = new Map<Staying, string>();
    const tell = (all: Iterable<Staying> | undefined, how: string) => {
      for (const one of all ?? []) if (!isSame(one, row) && !found.has(one)) found.set(one, how);
    };
    if (row.block !== null && wholeBlockEnds(row, this.index)) {
      const { address } = row.block;
      tell(
        this.byReference.get(address)?.filter((one) => one.row?.block?.address !== address),
        'reference',
      );
    }
    tell(this.byPriorDependency.get(stripKeys(row.address)), 'depends_on');
    for (const locator of locatorsOf(row.before)) tell(this.mentions(locator), 'value');
    for (const name of namesBefore(row, this.catalogRow(row))) tell(this.byName.get(`${row.type}\0${name}`), 'value');
    if (found.size > 0) {
      const inOrder = [...found].sort(([a], [b]) => a.order - b.order);
      return known(
        'dependents',
        'some',
        inOrder.map(([{ where }, how]): FactSource => ({ from: how, name: where, value: null })),
      );
    }
    const [open] = this.opaque.filter((one) => !isSame(one, row));
    if (open) return unknown('dependents', `${open.where} has no configuration and values known only after apply`);
    return known('dependents', 'none', [{ from: 'plan', name: null, value: null }]);
  }
}

function before(row: ResourceChange): ObjectValue | null {
  return row.before;
}

function isSame(staying: Staying, row: ResourceChange): boolean {
  return staying.row !== null && staying.row.address === row.address && staying.row.deposed === row.deposed;
}

function namesAt(values: ObjectValue | Unknown, attribute: string): string[] {
  if (values === UNKNOWN) return [];
  const state = lookup(values, parsePattern(attribute));
  if (state.kind === 'value') return typeof state.value === 'string' ? [state.value] : [];
  return state.kind === 'members' ? [...state.members.keys()].filter((value): value is string => typeof value === 'string') : [];
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
