import type { CatalogRow } from '../../providers/provider.ts';
import { type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import type { Mentions } from '../plan/mentions.ts';
import type { PriorObject, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { Needles } from '../plan/needles.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { objectKey } from './address.ts';
import { lookup } from './lookup.ts';
import { locatorsOf, type ObjectNames } from './names.ts';
import { leaves, type PlanIndex } from './plan-index.ts';

/** Something that stays after the plan: a row, or an object of prior state that no row shows. */
type Staying = ResourceChange | PriorObject;

/** Who refers to what after this plan (lanes.md 3, `dependents`), indexed once, so that a plan that ends many objects stays cheap. */
export class Dependents {
  private readonly index: PlanIndex;
  private readonly mentions: Mentions;
  private readonly catalogRow: (row: ResourceChange) => CatalogRow | null;
  private readonly namesOf: (row: ResourceChange) => ObjectNames | null;
  // By name, the positions of those who refer to it: of the rows first, then of the objects that no row shows.
  private readonly byReference = new Map<string, number[]>();
  private readonly byPriorDependency = new Map<string, number[]>();
  /** Type that is referred to and the name in the attribute, to who names it so. */
  private readonly byName = new Map<string, number[]>();
  private readonly opaque: number[] = [];
  /** Objects that no row shows, by what they mention. */
  private readonly unseen = new Map<string, number[]>();
  /** Locators and names that were looked for. */
  private readonly sought = new Set<string>();
  private soughtAll = false;

  constructor(
    index: PlanIndex,
    mentions: Mentions,
    catalogRow: (row: ResourceChange) => CatalogRow | null,
    namesOf: (row: ResourceChange) => ObjectNames | null,
  ) {
    this.index = index;
    this.mentions = mentions;
    this.catalogRow = catalogRow;
    this.namesOf = namesOf;
    // Every value is walked once, for the names of all objects that go: who depends on others few rules ask.
    this.walk(index.rows.filter(leaves));
    for (const [position, one] of this.staying()) {
      const row = rowOf(one);
      for (const block of row?.block?.refersTo ?? []) append(this.byReference, block, position);
      const depends = 'dependsOn' in one ? one.dependsOn : one.block === null ? index.dependsOn(whereOf(one)) : [];
      for (const on of depends) append(this.byPriorDependency, on, position);
      if (row?.block === null && holdsUnknown(valuesOf(row))) this.opaque.push(position);
    }
  }

  private *staying(): Generator<readonly [position: number, one: Staying]> {
    const { rows, unseen } = this.index;
    for (const [position, row] of rows.entries()) if (this.remains(position)) yield [position, row];
    for (const [at, object] of unseen.entries()) yield [rows.length + at, object];
  }

  /** Whether a row stays after the plan. */
  private remains(position: number): boolean {
    const row = this.index.rows[position] as ResourceChange;
    return row.mode === 'managed' && stays(row);
  }

  private at(position: number): Staying {
    const { rows, unseen } = this.index;
    return (position < rows.length ? rows[position] : unseen[position - rows.length]) as Staying;
  }

  /** Finds who names the objects of some rows. Of a row whose bytes hold none of the names the values are not even read. */
  private walk(rows: readonly ResourceChange[], objects: readonly PriorObject[] = [], more: readonly string[] = []): void {
    const locators = new Set<string>();
    const names = new Set<string>();
    for (const row of rows) {
      const known = this.namesOf(row);
      for (const locator of known?.locators ?? []) locators.add(locator);
      for (const name of known?.identities ?? []) names.add(name);
    }
    for (const { values } of objects) for (const locator of values === null ? [] : locatorsOf(values)) locators.add(locator);
    for (const text of more) {
      locators.add(text);
      names.add(text);
    }
    const fresh = [...locators, ...names].filter((text) => !this.sought.has(text));
    const wanted = new Set([...names].filter((text) => !this.sought.has(text)));
    for (const text of fresh) this.sought.add(text);
    this.mentions.seek(fresh);
    for (const [position, row] of this.index.rows.entries())
      if (this.remains(position) && this.mentions.holds(position)) this.nameThrough(row, position, wanted);
    const { rows: shown, unseen } = this.index;
    if (unseen.length === 0) return;
    const needles = new Needles(fresh);
    for (const [at, object] of unseen.entries())
      for (const text of needles.in(object.values)) append(this.unseen, text, shown.length + at);
  }

  /** Attributes that hold the name of an object of some type. */
  private nameThrough(row: ResourceChange, position: number, wanted: ReadonlySet<string>): void {
    const refers = this.catalogRow(row)?.refers ?? [];
    const values = refers.length === 0 ? null : valuesOf(row);
    if (values === null) return;
    for (const refer of refers) {
      for (const name of namesAt(values, refer.attribute))
        if (wanted.has(name)) append(this.byName, `${refer.type}\0${name}`, position);
    }
  }

  /** A second walk where the object of a row is asked for that stays, as that of a lock is. */
  private seek(texts: readonly string[]): void {
    if (texts.every((text) => this.sought.has(text))) return;
    if (this.soughtAll) this.walk([], [], texts);
    else this.walk(this.index.rows, this.index.unseen, texts);
    this.soughtAll = true;
  }

  /** The fact `dependents` of the object that `row` ends; null where nothing stands before. */
  of(row: ResourceChange): Fact {
    const own = this.namesOf(row);
    if (own === null) return known('dependents', null);
    const found = new Map<number, string>();
    const tell = (all: Iterable<number> | undefined, how: string) => {
      for (const position of all ?? []) if (!isSame(this.at(position), row) && !found.has(position)) found.set(position, how);
    };
    if (row.block !== null && wholeBlockEnds(row, this.index)) {
      const { address } = row.block;
      tell(
        this.byReference.get(address)?.filter((position) => rowOf(this.at(position))?.block?.address !== address),
        'reference',
      );
    }
    tell(this.byPriorDependency.get(stripKeys(row.address)), 'depends_on');
    this.seek([...own.locators, ...own.identities]);
    for (const locator of own.locators) {
      tell(
        this.mentions.staying(locator).filter((position) => this.remains(position)),
        'value',
      );
      tell(this.unseen.get(locator), 'value');
    }
    for (const name of own.identities) tell(this.byName.get(`${row.type}\0${name}`), 'value');
    if (found.size > 0) {
      const inOrder = [...found].sort(([a], [b]) => a - b);
      return known(
        'dependents',
        'some',
        inOrder.map(([position, how]): FactSource => ({ from: how, name: whereOf(this.at(position)), value: null })),
      );
    }
    const open = this.opaque.find((position) => !isSame(this.at(position), row));
    if (open !== undefined)
      return unknown('dependents', `${whereOf(this.at(open))} has no configuration and values known only after apply`);
    return known('dependents', 'none', [{ from: 'plan', name: null, value: null }]);
  }
}

function rowOf(one: Staying): ResourceChange | null {
  return 'actions' in one ? one : null;
}

function whereOf({ address, deposed }: Staying): string {
  return objectKey(address, deposed);
}

function isSame(one: Staying, row: ResourceChange): boolean {
  return 'actions' in one && one.address === row.address && one.deposed === row.deposed;
}

function namesAt(values: ObjectValue | Unknown, attribute: string): string[] {
  if (values === UNKNOWN) return [];
  const state = lookup(values, parsePattern(attribute));
  if (state.kind === 'value') return typeof state.value === 'string' ? [state.value] : [];
  return state.kind === 'members' ? [...state.members.keys()].filter((value): value is string => typeof value === 'string') : [];
}

/** Whether something of the row stands after this plan; a forgotten object lives on as it was. */
function stays(row: ResourceChange): boolean {
  return hasSide(row, 'after') || (row.actions.includes('forget') && hasSide(row, 'before'));
}

function valuesOf(one: Staying): ObjectValue | Unknown | null {
  if (!('actions' in one)) return one.values;
  return hasSide(one, 'after') ? one.after : one.before;
}

/** Where only some instances of a block go, its references prove nothing: value alone counts. */
function wholeBlockEnds(row: ResourceChange, index: PlanIndex): boolean {
  const siblings = (row.block && index.byBlock.get(row.block.address)) ?? [];
  return siblings.every((other) => leaves(other) || !hasSide(other, 'before'));
}

function holdsUnknown(values: ObjectValue | Unknown | null): boolean {
  const work: Value[] = [values];
  while (work.length > 0) {
    const value = work.pop() as Value;
    if (value === UNKNOWN) return true;
    if (isList(value)) work.push(...value);
    else if (isObject(value)) work.push(...Object.keys(value).map((key) => value[key] as Value));
  }
  return false;
}
