import type { Json } from './json.ts';
import type { PieceSpan, Pieces } from './pieces.ts';
import { strip } from './whole.ts';

/** Members of a row, and of its `change`, whose places are known (scripts/scan/structure.as). */
const MEMBERS = [
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

export type HeadMember = (typeof MEMBERS)[number];

/** Of these the first count from the beginning of the row, the others from its end: they stand behind its sides. */
const FROM_BEGIN = 8;
const PLACES = new Map(MEMBERS.map((member, at) => [member, at]));

/** Words of an entry before the one that tells by bits, and before the first member. */
const NOTES = 7;
const FIRST = 12;
const NONE = 0xffffffff;

const SURE = 1;
const BEFORE = 2;
const AFTER = 4;
const ODD_SIDE = 8;
const ALIKE = 16;
const UNLIKE = 32;
const WIDE = 64;
const CHANGE = 128;
const NOTED = { previous_address: 256, deposed: 512, importing: 1024, replace_paths: 2048 } as const;
const ANY_NOTED = 256 | 512 | 1024 | 2048;

/** What the scan tells of each row of `resource_changes` without a parse. Rows are told by their index; `row` is the row's own bytes. */
export class Heads {
  readonly #rows: Pieces;

  constructor(rows: Pieces) {
    this.#rows = rows;
  }

  /**
   * Whether all is told of a row: it is an object with an object `change`, no key in it stands twice, its sides are objects, null or not
   * there, and its members are of usual length. Else the row must be parsed, and nothing below holds.
   */
  isTold(index: number): boolean {
    return (this.#notes(index) & (SURE | CHANGE | ODD_SIDE | WIDE)) === (SURE | CHANGE);
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

  /** Where a member stands in the row; null where it is not there. */
  span(index: number, member: HeadMember): PieceSpan | null {
    const at = PLACES.get(member) as number;
    const word = this.#rows.word(index, FIRST + at);
    if (word === NONE) return null;
    const place = word & 0xffff;
    const start = at < FROM_BEGIN ? place : this.#rows.lengthOf(index) - place;
    return { start, end: start + ((word >>> 16) & 0x7fff) };
  }

  /** A member as it is spelled; undefined where it is not there. Alike texts make alike values, not the other way round. */
  spelled(index: number, member: HeadMember, row: Buffer): string | undefined {
    const span = this.span(index, member);
    if (span === null) return undefined;
    return row.toString(this.#isPlain(index, member) ? 'latin1' : 'utf8', span.start, span.end);
  }

  /** A member as `JSON.parse` makes it, its objects without a prototype; undefined where it is not there. */
  value(index: number, member: HeadMember, row: Buffer): Json | undefined {
    const span = this.span(index, member);
    if (span === null) return undefined;
    if (row[span.start] === 0x22 && this.#isPlain(index, member)) return row.toString('latin1', span.start + 1, span.end - 1);
    const value: Json = JSON.parse(row.toString('utf8', span.start, span.end));
    if (typeof value === 'object' && value !== null) strip(value);
    return value;
  }

  /** Whether it is known to be ASCII without escapes. */
  #isPlain(index: number, member: HeadMember): boolean {
    return this.#rows.word(index, FIRST + (PLACES.get(member) as number)) >>> 31 === 0;
  }

  #notes(index: number): number {
    return this.#rows.word(index, NOTES);
  }
}
