import type { Json } from './json.ts';
import type { PieceSpan, Pieces } from './pieces.ts';
import { strip } from './whole.ts';

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
const NONE = 0xffffffff;

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

export function rowHeads(rows: Pieces): Heads<RowMember> {
  return new Heads(rows, OF_ROWS);
}

export function objectHeads(objects: Pieces): Heads<ObjectMember> {
  return new Heads(objects, OF_OBJECTS);
}

/**
 * What the scan tells without a parse of each row of `resource_changes`, or of each object of the prior state, whose values count as its
 * before side. Pieces are told by their index; `bytes` are those of the piece.
 */
export class Heads<Member extends string> {
  readonly #pieces: Pieces;
  readonly #slots = new Map<Member, number>();

  constructor(pieces: Pieces, members: readonly (Member | null)[]) {
    this.#pieces = pieces;
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

  /** Where a member stands in the piece; null where it is not there. */
  span(index: number, member: Member): PieceSpan | null {
    const at = this.#slots.get(member) as number;
    const word = this.#pieces.word(index, FIRST + at);
    if (word === NONE) return null;
    const place = word & 0xffff;
    const start = at < FROM_BEGIN ? place : this.#pieces.lengthOf(index) - place;
    return { start, end: start + ((word >>> 16) & 0x7fff) };
  }

  /** A member as it is spelled; undefined where it is not there. Alike texts make alike values, not the other way round. */
  spelled(index: number, member: Member, bytes: Buffer): string | undefined {
    const span = this.span(index, member);
    if (span === null) return undefined;
    return bytes.toString(this.#isPlain(index, member) ? 'latin1' : 'utf8', span.start, span.end);
  }

  /** A member as `JSON.parse` makes it, its objects without a prototype; undefined where it is not there. */
  value(index: number, member: Member, bytes: Buffer): Json | undefined {
    const span = this.span(index, member);
    if (span === null) return undefined;
    if (bytes[span.start] === 0x22 && this.#isPlain(index, member)) return bytes.toString('latin1', span.start + 1, span.end - 1);
    const value: Json = JSON.parse(bytes.toString('utf8', span.start, span.end));
    if (typeof value === 'object' && value !== null) strip(value);
    return value;
  }

  /** Whether it is known to be ASCII without escapes. */
  #isPlain(index: number, member: Member): boolean {
    return this.#pieces.word(index, FIRST + (this.#slots.get(member) as number)) >>> 31 === 0;
  }

  #notes(index: number): number {
    return this.#pieces.word(index, NOTES);
  }
}
