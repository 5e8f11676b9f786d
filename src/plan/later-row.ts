import type { ActionTrigger, ConfigBlock, Importing, Mode, ResourceChange } from './model.ts';
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

/** What rows of one block differ in. */
export type RowPlace = Pick<ResourceChange, 'index' | 'address' | 'moduleAddress' | 'key' | 'block'>;

/** A row of a large plan: its values stay in the file. It must not be copied by spreading, which loses them. */
export class LaterRow implements ResourceChange {
  readonly index: number;
  readonly address: string;
  readonly previousAddress: string | null;
  readonly moduleAddress: string | null;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
  readonly provider: string;
  readonly deposed: string | null;
  readonly actions: readonly string[];
  readonly reason: string | null;
  readonly replacePaths: readonly string[];
  readonly importing: Importing | null;
  readonly deferred: string | null;
  readonly trigger: ActionTrigger | null;
  readonly faults: readonly string[];
  readonly block: ConfigBlock | null;
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  /** Both sides are spelled and masked alike, and nothing in them is unknown. */
  readonly alike: boolean;
  readonly #later: LaterSides;

  constructor(own: RowPlace, row: Omit<ResourceChange, keyof RowPlace | 'before' | 'after'>, later: LaterSides) {
    this.index = own.index;
    this.address = own.address;
    this.previousAddress = row.previousAddress;
    this.moduleAddress = own.moduleAddress;
    this.mode = row.mode;
    this.type = row.type;
    this.name = row.name;
    this.key = own.key;
    this.provider = row.provider;
    this.deposed = row.deposed;
    this.actions = row.actions;
    this.reason = row.reason;
    this.replacePaths = row.replacePaths.length === 0 ? NONE : row.replacePaths;
    this.importing = row.importing;
    this.deferred = row.deferred;
    this.trigger = row.trigger;
    this.faults = row.faults.length === 0 ? NONE : row.faults;
    this.block = own.block;
    this.hasBefore = later.before;
    this.hasAfter = later.after;
    this.alike = later.alike;
    this.#later = later;
  }

  /** A row that is like this one in all else. */
  elsewhere(own: RowPlace): LaterRow {
    return new LaterRow(own, this, this.#later);
  }

  get before(): ObjectValue | null {
    return this.#later.read(this.index).before;
  }

  get after(): ObjectValue | Unknown | null {
    return this.#later.read(this.index).after;
  }

  /** See `LaterSides.bytes`; for use behind the door only. */
  bytes(): Buffer {
    return this.#later.bytes(this.index);
  }

  /** See `LaterSides.json`; for use behind the door only. */
  json(side: 'before' | 'after'): Buffer | null {
    return this.#later.json(this.index, side);
  }

  /** See `LaterSides.isKnown`. */
  get isKnown(): boolean {
    return this.#later.isKnown(this.index);
  }

  /** Whether `carrier` may tell anything. */
  get tellsCarriers(): boolean {
    return this.#later.carrier !== null;
  }

  /** See `LaterSides.carrier`. */
  carrier(name: Carrier): string | undefined | null {
    const { carrier } = this.#later;
    return carrier === null ? null : carrier(this.index, name);
  }
}

/** Whether a row has a side, without reading it. */
export function hasSide(row: ResourceChange, side: 'before' | 'after'): boolean {
  if (row instanceof LaterRow) return side === 'before' ? row.hasBefore : row.hasAfter;
  return row[side] !== null;
}
