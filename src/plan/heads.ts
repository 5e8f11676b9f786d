import type { Json } from './json.ts';
import { parse } from './piece-reader.ts';
import type { Pieces } from './pieces.ts';
import type { Source } from './source.ts';

/** Members of a row, and of its `change`, whose places are known (scripts/scan/structure.as). */
const OF_ROWS = [
  'address',
  'module_address',
  'mode',
  'type',
  'name',
  'index',
  'provider_name',
  'actions',
  'after_unknown',
  'before_sensitive',
  'after_sensitive',
  'action_reason',
] as const;

/** The same of an object of state. */
const OF_OBJECTS = [
  'address',
  null,
  'mode',
  'type',
  'name',
  'index',
  'provider_name',
  'deposed_key',
  'sensitive_values',
  'depends_on',
] as const;

export type RowMember = (typeof OF_ROWS)[number];
export type ObjectMember = Exclude<(typeof OF_OBJECTS)[number], null>;

/** Of these the first count from the beginning of the piece, the others from its end: they stand behind its values. */
const FROM_BEGIN = 8;

/** Words of an entry before the one that tells by bits, and before the first member. */
const NOTES = 7;
const FIRST = 8;
/** The word of a member that is not there. Else its upper two bits tell whether the others are the number of a text, or a length and a place. */
const NONE = 0xffffffff;
const KEPT = 2;
/** A string of ASCII without escapes. */
const PLAIN = 0;
const NUMBER = 0x3fffffff;
const LENGTH = 0x3fff;

const SURE = 1;
const BEFORE = 2;
const AFTER = 4;
const ODD_SIDE = 8;
const ALIKE = 16;
const UNLIKE = 32;
const WIDE = 64;
const WHOLE = 128;
const NOTED = { previous_address: 256, deposed: 512, importing: 1024, replace_paths: 2048 } as const;
const ANY_NOTED = 256 | 512 | 1024 | 2048;

export function rowHeads(rows: Pieces, texts: Texts, source: Source): Heads<RowMember> {
  return new Heads(rows, texts, source, OF_ROWS);
}

export function objectHeads(objects: Pieces, texts: Texts, source: Source): Heads<ObjectMember> {
  return new Heads(objects, texts, source, OF_OBJECTS);
}

/** Texts of JSON that members of many heads are spelled with, each kept once: told by their number. */
export class Texts {
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #values: (Json | undefined)[] = [];

  /** Each text begins where the one before ends; `starts` has one more than there are. */
  constructor(bytes: Buffer, starts: Uint32Array) {
    this.#bytes = bytes;
    this.#starts = starts;
  }

  value(text: number): Json {
    let value = this.#values[text];
    if (value === undefined) {
      value = parse(this.#bytes.toString('utf8', this.#starts[text], this.#starts[text + 1]));
      this.#values[text] = value;
    }
    return value;
  }
}

/**
 * What the scan tells without a parse of each row of `resource_changes`, or of each object of the prior state, whose values count as its
 * before side. Pieces are told by their index.
 */
export class Heads<Member extends string> {
  readonly #pieces: Pieces;
  readonly #texts: Texts;
  readonly #source: Source;
  readonly #slots = new Map<Member, number>();

  constructor(pieces: Pieces, texts: Texts, source: Source, members: readonly (Member | null)[]) {
    this.#pieces = pieces;
    this.#texts = texts;
    this.#source = source;
    for (const [slot, member] of members.entries()) if (member !== null) this.#slots.set(member, slot);
  }

  /**
   * Whether all is told of a piece: it is an object, of a row with an object `change`, no key in it stands twice, its sides are objects,
   * null or not there, and its members are of usual length. Else it must be parsed, and nothing below holds.
   */
  isTold(index: number): boolean {
    return (this.#notes(index) & (SURE | WHOLE | ODD_SIDE | WIDE)) === (SURE | WHOLE);
  }

  /** Whether it is an object, of a row whether its `change` is one; known of every piece. */
  isObject(index: number): boolean {
    return (this.#notes(index) & WHOLE) !== 0;
  }

  /** Whether it has none of the members that few rows have: `previous_address`, `deposed`, `change.importing`, `change.replace_paths`. */
  isCommon(index: number): boolean {
    return (this.#notes(index) & ANY_NOTED) === 0;
  }

  has(index: number, member: keyof typeof NOTED): boolean {
    return (this.#notes(index) & NOTED[member]) !== 0;
  }

  /** Whether the side is an object; else it is null or not there. */
  hasSide(index: number, side: 'before' | 'after'): boolean {
    return (this.#notes(index) & (side === 'before' ? BEFORE : AFTER)) !== 0;
  }

  /** Whether both sides are there and spelled alike; null = not known, for they are not in one block: their bytes must be compared. */
  isAlike(index: number): boolean | null {
    const notes = this.#notes(index);
    return (notes & ALIKE) !== 0 ? true : (notes & UNLIKE) !== 0 ? false : null;
  }

  /**
   * A member as `JSON.parse` makes it, its objects without a prototype; undefined where it is not there. Pieces that are spelled alike
   * may share it.
   */
  value(index: number, member: Member): Json | undefined {
    const slot = this.#slots.get(member) as number;
    const word = this.#pieces.word(index, FIRST + slot);
    if (word === NONE) return undefined;
    if (word >>> 30 === KEPT) return this.#texts.value(word & NUMBER);
    return word >>> 30 === PLAIN ? this.#textOf(index, slot, word, 1) : parse(this.#textOf(index, slot, word, 0));
  }

  /** The JSON of a member that is not kept, without so many bytes at both ends. */
  #textOf(index: number, slot: number, word: number, without: 0 | 1): string {
    const place = word & 0xffff;
    const start = this.#pieces.startOf(index) + (slot < FROM_BEGIN ? place : this.#pieces.lengthOf(index) - place);
    const end = start + ((word >>> 16) & LENGTH);
    return this.#source.text(start + without, end - without, word >>> 30 === PLAIN ? 'latin1' : 'utf8');
  }

  #notes(index: number): number {
    return this.#pieces.word(index, NOTES);
  }
}
