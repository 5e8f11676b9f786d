import type { CatalogRow } from '../../providers/provider.ts';
import { type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import { Mentions } from '../plan/mentions.ts';
import type { BlockAddress, PriorObject, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
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
  /** Blocks by a block that they refer to. */
  private readonly byReference = new Map<BlockAddress, BlockAddress[]>();
  /** By a block whose objects all end, the positions of rows that refer to it. */
  private readonly byEnded = new Map<BlockAddress, readonly number[]>();
  // By name, the positions of those who refer to it: of the rows first, then of the objects that no row shows.
  private readonly byPriorDependency = new Map<string, number[]>();
  /** Type that is referred to and the name in the attribute, to who names it so. */
  private readonly byName = new Map<string, number[]>();
  private readonly opaque: number[] = [];
  /** Which objects that no row shows mention which texts. */
  private readonly unseen: Mentions;
  /** Locators and names that were looked for. */
  private readonly sought = new Set<string>();
  /** The same of types with a name each. */
  private readonly named = new Set<string>();
  private soughtAll = false;
  private positions: ReadonlyMap<ResourceChange, number> | null = null;

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
    this.unseen = new Mentions(index.standIns);
    // Every value is walked once, for the names of all objects that go: who depends on others few rules ask.
    this.walk(index.leaving);
    const { rows, unseen, byBlock } = index;
    for (const [address, [row]] of byBlock)
      for (const target of row?.block?.refersTo ?? []) append(this.byReference, target, address);
    // By number: of a large plan hardly a row is without a block.
    for (let position = 0; position < rows.length; position += 1) {
      const row = rows[position] as ResourceChange;
      if (row.block !== null || !this.remains(position)) continue;
      for (const on of index.dependsOn(whereOf(row))) append(this.byPriorDependency, on, position);
      if (holdsUnknown(valuesOf(row))) this.opaque.push(position);
    }
    for (const [at, { dependsOn }] of unseen.entries())
      for (const on of dependsOn) append(this.byPriorDependency, on, rows.length + at);
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

  /** Finds who names the objects of some rows. Of a row that mentions none of the names the values are not even read. */
  private walk(rows: Iterable<ResourceChange>, objects: readonly PriorObject[] = []): void {
    const fresh = new Set<string>();
    const add = (text: string) => {
      if (!this.sought.has(text)) fresh.add(text);
    };
    /** Names by the type of the objects that go by them. */
    const wanted = new Map<string, Set<string>>();
    for (const row of rows) {
      const known = this.namesOf(row);
      if (known === null) continue;
      for (const locator of known.locators) add(locator);
      for (const name of known.identities) {
        add(name);
        const names = wanted.get(row.type) ?? new Set<string>();
        wanted.set(row.type, names);
        if (!this.named.has(nameKey(row.type, name))) names.add(name);
      }
    }
    for (const { values } of objects) for (const locator of values === null ? [] : locatorsOf(values)) add(locator);
    for (const text of fresh) this.sought.add(text);
    this.mentions.seek(fresh);
    this.nameThrough(wanted);
    if (this.index.standIns.length > 0) this.unseen.seek(fresh);
  }

  /** Finds attributes that hold the name of an object of some type. */
  private nameThrough(wanted: ReadonlyMap<string, ReadonlySet<string>>): void {
    const mentioning = new Set<number>();
    for (const [type, names] of wanted) {
      for (const name of names) {
        this.named.add(nameKey(type, name));
        for (const position of this.mentions.staying(name)) mentioning.add(position);
      }
    }
    for (const position of mentioning) {
      if (!this.remains(position)) continue;
      const row = this.index.rows[position] as ResourceChange;
      for (const { type, attribute } of this.catalogRow(row)?.refers ?? []) {
        const names = wanted.get(type);
        if (names === undefined) continue;
        for (const name of namesAt(valuesOf(row), attribute))
          if (names.has(name)) append(this.byName, nameKey(type, name), position);
      }
    }
  }

  /** A second walk where the object of a row is asked for that stays, as that of a lock is. */
  private seek(row: ResourceChange, { locators, identities }: ObjectNames): void {
    const isSought = (text: string) => this.sought.has(text);
    if (locators.every(isSought) && identities.every((name) => this.named.has(nameKey(row.type, name)))) return;
    if (this.soughtAll) this.walk([row]);
    else this.walk([...this.index.rows, row], this.index.unseen);
    this.soughtAll = true;
  }

  /** Rows of other blocks that refer to a block of which every object ends; none where some stay. */
  private referring(address: BlockAddress): readonly number[] {
    let positions = this.byEnded.get(address);
    if (positions === undefined) {
      positions = wholeBlockEnds(address, this.index) ? [...this.rowsReferringTo(address)] : [];
      this.byEnded.set(address, positions);
    }
    return positions;
  }

  private *rowsReferringTo(address: BlockAddress): Generator<number> {
    for (const block of this.byReference.get(address) ?? []) {
      if (block === address) continue;
      for (const row of this.index.byBlock.get(block) ?? []) {
        const position = this.positionOf(row);
        if (position !== null && this.remains(position)) yield position;
      }
    }
  }

  /** Null for an object that no row shows. */
  private positionOf(row: ResourceChange): number | null {
    const { rows } = this.index;
    if (rows[row.index] === row) return row.index;
    this.positions ??= new Map(rows.map((one, position) => [one, position]));
    return this.positions.get(row) ?? null;
  }

  /** The fact `dependents` of the object that `row` ends; null where nothing stands before. */
  of(row: ResourceChange): Fact {
    const own = this.namesOf(row);
    if (own === null) return known('dependents', null);
    const found = new Map<number, string>();
    const tell = (all: Iterable<number> | undefined, how: string) => {
      for (const position of all ?? []) if (!isSame(this.at(position), row) && !found.has(position)) found.set(position, how);
    };
    if (row.block !== null) tell(this.referring(row.block.address), 'reference');
    if (this.byPriorDependency.size > 0) tell(this.byPriorDependency.get(stripKeys(row.address)), 'depends_on');
    this.seek(row, own);
    for (const locator of own.locators) {
      tell(
        this.mentions.staying(locator).filter((position) => this.remains(position)),
        'value',
      );
      tell(
        this.unseen.staying(locator).map((at) => this.index.rows.length + at),
        'value',
      );
    }
    for (const name of own.identities) tell(this.byName.get(nameKey(row.type, name)), 'value');
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

function whereOf({ address, deposed }: Staying): string {
  return objectKey(address, deposed);
}

function isSame(one: Staying, row: ResourceChange): boolean {
  return 'actions' in one && one.address === row.address && one.deposed === row.deposed;
}

function nameKey(type: string, name: string): string {
  return `${type}\0${name}`;
}

function namesAt(values: ObjectValue | Unknown | null, attribute: string): string[] {
  if (values === null || values === UNKNOWN) return [];
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
function wholeBlockEnds(address: BlockAddress, index: PlanIndex): boolean {
  return (index.byBlock.get(address) ?? []).every((row) => leaves(row) || !hasSide(row, 'before'));
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
