import type { ActionTrigger, ConfigBlock, Importing, Mode, ResourceChange } from './model.ts';
import { join, localAddress } from './module-tree.ts';
import type { ObjectValue, Unknown } from './value.ts';

/** The values of a row that are read when they are asked for; `before` and `after`: whether there are any. */
export interface LaterSides {
  readonly before: boolean;
  readonly after: boolean;
  read(index: number): Pick<ResourceChange, 'before' | 'after'>;
  /** Both sides are spelled and masked alike, and nothing in them is unknown. */
  readonly alike: boolean;
  /** The JSON of a side that is there, where masks alone say what it shows; null where more than they has a say. Good until the next call. */
  json(index: number, side: 'before' | 'after'): Buffer | null;
  /** Whether all that the JSON of the after side says is known: no mask hides any of it as known after apply only. */
  isKnown(index: number): boolean;
  /** JSON in which everything stands that the sides hold, masked or not; where they are alike one of them. Good until the next call. */
  bytes(index: number): Buffer;
  /** The JSON of a member that no mask speaks of and both sides have alike; undefined where there is none. Null = only the sides tell. */
  readonly carrier: ((index: number, name: Carrier) => string | undefined | null) | null;
}

/** Members that can be read by themselves, without the side around them. */
export type Carrier = 'tags' | 'tags_all';

const NONE: readonly string[] = Object.freeze([]);

/** What rows of one shape differ in. */
export type RowPlace = Pick<ResourceChange, 'index' | 'address' | 'moduleAddress' | 'key' | 'block'>;

type Common = Omit<ResourceChange, keyof RowPlace | 'before' | 'after'>;

/** What rows of one shape share. */
interface Shared extends Common {
  /** Whether several rows do. */
  many: boolean;
  readonly later: LaterSides;
  /** The address within the module, without the key. */
  readonly local: string;
}

function sharedOf(row: Common, later: LaterSides): Shared {
  return {
    many: false,
    later,
    local: localAddress(row.mode, row.type, row.name),
    previousAddress: row.previousAddress,
    mode: row.mode,
    type: row.type,
    name: row.name,
    provider: row.provider,
    deposed: row.deposed,
    actions: row.actions,
    reason: row.reason,
    replacePaths: row.replacePaths.length === 0 ? NONE : row.replacePaths,
    importing: row.importing,
    deferred: row.deferred,
    trigger: row.trigger,
    faults: row.faults.length === 0 ? NONE : row.faults,
  };
}

/**
 * A row of a large plan: its values stay in the file, and what it is called is put together when it is asked for, so that it takes some
 * tens of bytes. It must not be copied by spreading, which loses all of that.
 */
export class LaterRow implements ResourceChange {
  readonly index: number;
  readonly moduleAddress: string | null;
  readonly key: string | number | null;
  readonly block: ConfigBlock | null;
  /** Null where module, block and key spell it. */
  readonly #address: string | null;
  readonly #shared: Shared;

  private constructor(own: RowPlace, shared: Shared) {
    this.index = own.index;
    this.moduleAddress = own.moduleAddress;
    this.key = own.key;
    this.block = own.block;
    this.#address = own.address === spelled(own.moduleAddress, shared.local, own.key) ? null : own.address;
    this.#shared = shared;
  }

  static of(row: Common & RowPlace, later: LaterSides): LaterRow {
    return new LaterRow(row, sharedOf(row, later));
  }

  /** A row that is like this one in all else. */
  elsewhere(own: RowPlace): LaterRow {
    this.#shared.many = true;
    return new LaterRow(own, this.#shared);
  }

  /** One for all rows that differ in no more than their place; null where this is the only one. */
  get shape(): object | null {
    return this.#shared.many ? this.#shared : null;
  }

  /** Its address within its module, without its key. */
  get local(): string {
    return this.#shared.local;
  }

  get address(): string {
    return this.#address ?? spelled(this.moduleAddress, this.#shared.local, this.key);
  }

  get previousAddress(): string | null {
    return this.#shared.previousAddress;
  }

  get mode(): Mode {
    return this.#shared.mode;
  }

  get type(): string {
    return this.#shared.type;
  }

  get name(): string {
    return this.#shared.name;
  }

  get provider(): string {
    return this.#shared.provider;
  }

  get deposed(): string | null {
    return this.#shared.deposed;
  }

  get actions(): readonly string[] {
    return this.#shared.actions;
  }

  get reason(): string | null {
    return this.#shared.reason;
  }

  get replacePaths(): readonly string[] {
    return this.#shared.replacePaths;
  }

  get importing(): Importing | null {
    return this.#shared.importing;
  }

  get deferred(): string | null {
    return this.#shared.deferred;
  }

  get trigger(): ActionTrigger | null {
    return this.#shared.trigger;
  }

  get faults(): readonly string[] {
    return this.#shared.faults;
  }

  get hasBefore(): boolean {
    return this.#shared.later.before;
  }

  get hasAfter(): boolean {
    return this.#shared.later.after;
  }

  /** Both sides are spelled and masked alike, and nothing in them is unknown. */
  get alike(): boolean {
    return this.#shared.later.alike;
  }

  get before(): ObjectValue | null {
    return this.#shared.later.read(this.index).before;
  }

  get after(): ObjectValue | Unknown | null {
    return this.#shared.later.read(this.index).after;
  }

  /** See `LaterSides.bytes`; for use behind the door only. */
  bytes(): Buffer {
    return this.#shared.later.bytes(this.index);
  }

  /** See `LaterSides.json`; for use behind the door only. */
  json(side: 'before' | 'after'): Buffer | null {
    return this.#shared.later.json(this.index, side);
  }

  /** See `LaterSides.isKnown`. */
  get isKnown(): boolean {
    return this.#shared.later.isKnown(this.index);
  }

  /** Whether `carrier` may tell anything. */
  get tellsCarriers(): boolean {
    return this.#shared.later.carrier !== null;
  }

  /** See `LaterSides.carrier`. */
  carrier(name: Carrier): string | undefined | null {
    const { carrier } = this.#shared.later;
    return carrier === null ? null : carrier(this.index, name);
  }
}

/** An address as tools spell it. */
function spelled(module: string | null, local: string, key: string | number | null): string {
  const address = join(module ?? '', local);
  if (key === null) return address;
  return typeof key === 'number' ? `${address}[${key}]` : `${address}[${JSON.stringify(key)}]`;
}

/** Whether a row has a side, without reading it. */
export function hasSide(row: ResourceChange, side: 'before' | 'after'): boolean {
  if (row instanceof LaterRow) return side === 'before' ? row.hasBefore : row.hasAfter;
  return row[side] !== null;
}
