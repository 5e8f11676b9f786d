import { isAscii } from 'node:buffer';
import { InlaneError } from '../errors.ts';
import type { ObjectMember } from './heads.ts';
import { isJsonObject, type Json, type JsonObject, JsonReader } from './json.ts';
import type { Piece, Pieces } from './pieces.ts';
import { RowHeads } from './row-heads.ts';
import type { Member, Structure } from './scanner.ts';
import type { Source } from './source.ts';
import { strip } from './whole.ts';

/** An object of the prior state, each of its members read when asked for, and the address of its module. */
export interface StateObject {
  member(name: ObjectMember): Json | undefined;
  values(): Json | undefined;
  readonly module: string | null;
}

/** A row without the values of its sides: whether there are any. */
export interface RowHead {
  readonly entry: Json;
  readonly before: boolean;
  readonly after: boolean;
}

/** The values of a row's sides, each parsed when asked for and as `JSON.parse` made it. */
export interface RowSides {
  readonly before: (() => JsonObject) | null;
  readonly after: (() => JsonObject) | null;
  /** Both are spelled alike. */
  readonly alike: boolean;
}

/** A plan that stays in its file: each section and each row is parsed when it is asked for. */
export class Streamed {
  readonly #source: Source;
  readonly #structure: Structure;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #name: string;
  readonly #plainly: () => never;
  readonly #heads: RowHeads;

  private constructor(
    source: Source,
    structure: Structure,
    members: ReadonlyMap<string, Member>,
    name: string,
    plainly: () => never,
  ) {
    this.#source = source;
    this.#structure = structure;
    this.#members = members;
    this.#name = name;
    this.#plainly = plainly;
    this.#heads = new RowHeads(structure.heads);
  }

  /** Null where the top level is no object, has one key twice or one with escapes, or a state that must be read as a whole. */
  static open(source: Source, structure: Structure, name: string, plainly: () => never): Streamed | null {
    const members = new Map<string, Member>();
    for (const member of structure.members) {
      if (member.key.end <= member.key.start) return null;
      const spelled = source.read(member.key.start, member.key.end).toString('utf8');
      const key: unknown = JSON.parse(spelled);
      // The scan knows keys by their bytes: rows under an escaped one would be nobody's.
      if (typeof key !== 'string' || spelled.includes('\\') || members.has(key)) return null;
      members.set(key, member);
    }
    if (members.size === 0 || members.get('prior_state')?.sure === false) return null;
    return new Streamed(source, structure, members, name, plainly);
  }

  keys(): Iterable<string> {
    return this.#members.keys();
  }

  shapeOf(key: string): 'object' | 'list' | 'other' | null {
    const member = this.#members.get(key);
    if (member === undefined) return null;
    const first = this.#source.read(member.value.start, member.value.start + 1)[0];
    return first === 0x7b ? 'object' : first === 0x5b ? 'list' : 'other';
  }

  /** One member whole; undefined where it is absent. */
  section(key: string): Json | undefined {
    const member = this.#members.get(key);
    if (member === undefined) return undefined;
    const bytes = this.#source.read(member.value.start, member.value.end);
    return member.sure ? parse(textOf(bytes)) : this.#read(bytes, (reader) => reader.value());
  }

  /** A member that nobody reads: what was found while its bytes were looked at is enough, unless that left a doubt. */
  check(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined || member.sure) return;
    this.#read(this.#source.read(member.value.start, member.value.end), (reader) => reader.check());
  }

  get rowCount(): number {
    return this.#structure.rows.length;
  }

  /** The elements of `resource_changes`, each parsed when it is asked for. */
  *rows(): Generator<Json> {
    for (let index = 0; index < this.rowCount; index += 1) yield this.row(index);
  }

  row(index: number): Json {
    return this.#parsePiece(this.#structure.rows, index, 'change', ['before', 'after']);
  }

  /** The sides of a row that has a head. */
  rowSides(index: number): RowSides {
    const piece = this.#structure.rows.get(index);
    const { start, firstStart, firstEnd, secondStart, secondEnd } = piece;
    const bytes = this.#source.read(start, piece.end);
    const side = (from: number, to: number) => {
      if (isObjectAt(bytes, from - start, from) !== true) return null;
      return () => this.#member(from, to) as JsonObject;
    };
    return { before: side(firstStart, firstEnd), after: side(secondStart, secondEnd), alike: this.isAlike(index) };
  }

  /** Whether both sides of a row that has a head are there and spelled alike. */
  isAlike(index: number): boolean {
    const { rows, heads } = this.#structure;
    const told = heads.isTold(index) ? heads.isAlike(index) : null;
    if (told !== null) return told;
    const piece = rows.get(index);
    return isAlike(this.#source.read(piece.start, piece.end), piece);
  }

  /** A member of the before side by itself, as `JSON.parse` makes it. */
  rowCarrier(index: number, name: 'tags' | 'tags_all'): Json | undefined {
    const span = this.#structure.tags.span(index, name);
    return span === null ? undefined : this.#member(span.start, span.end);
  }

  /** The JSON of the same member; undefined where there is none, null where only parsing tells it. */
  rowCarrierText(index: number, name: 'tags' | 'tags_all'): string | undefined | null {
    return this.#structure.tags.text(index, name);
  }

  #member(from: number, to: number): Json {
    return JSON.parse(textOf(this.#source.read(from, to)));
  }

  rowBytes(index: number): Buffer {
    const { start, end } = this.#structure.rows.get(index);
    return this.#source.read(start, end);
  }

  /** A side of a row that has a head and that side, as JSON. */
  rowSide(index: number, side: 'before' | 'after'): Buffer {
    const { firstStart, firstEnd, secondStart, secondEnd } = this.#structure.rows.get(index);
    return side === 'before' ? this.#source.read(firstStart, firstEnd) : this.#source.read(secondStart, secondEnd);
  }

  /** A row without its sides, and whether they stand in the file as objects; null where it must be read as a whole. */
  rowHead(index: number): RowHead | null {
    const piece = this.#structure.rows.get(index);
    if (!piece.sure) return null;
    const told = this.#heads.entry(index);
    if (told !== null) {
      const { heads } = this.#structure;
      return { entry: told, before: heads.hasSide(index, 'before'), after: heads.hasSide(index, 'after') };
    }
    const bytes = this.#source.read(piece.start, piece.end);
    const before = isObjectAt(bytes, piece.firstStart - piece.start, piece.firstStart);
    const after = isObjectAt(bytes, piece.secondStart - piece.start, piece.secondStart);
    return before === null || after === null ? null : { entry: parse(withoutSpans(bytes, piece)), before, after };
  }

  /** The number of all rows that are spelled as this one but for their address, module and key (pieces.ts). */
  rowShape(index: number): number | null {
    return this.#structure.shapes.of(index);
  }

  /** Of a row that has a shape what others of it do not share; undefined where it is not there. */
  rowOwn(index: number, member: 'address' | 'module_address' | 'index'): Json | undefined {
    return this.#structure.heads.value(index, member);
  }

  /** What `change` of a row that has a head says besides its sides. */
  rowChange(index: number): JsonObject {
    const told = this.#heads.change(index);
    if (told !== null) return told;
    const { entry } = this.rowHead(index) as RowHead;
    return (entry as { readonly change: JsonObject }).change;
  }

  /** Whether a text stands in the bytes of some row. */
  someRowHolds(...texts: readonly string[]): boolean {
    const { rows } = this.#structure;
    for (let index = 0; index < rows.length; index += 1) {
      const { start, end } = rows.get(index);
      const bytes = this.#source.read(start, end);
      if (texts.some((text) => bytes.includes(text))) return true;
    }
    return false;
  }

  /** How many objects the prior state has; what is no object there does not count. */
  get stateLength(): number {
    const { objects, objectHeads } = this.#structure;
    let length = 0;
    for (let index = 0; index < objects.length; index += 1) if (objectHeads.isObject(index)) length += 1;
    return length;
  }

  /** The objects of the prior state: those of a module, then those of its children. */
  *stateObjects(): Generator<StateObject> {
    const { modules, objectHeads } = this.#structure;
    for (const { address, objects } of modules) {
      const text = address === null ? null : parse(this.#source.read(address.start, address.end).toString('utf8'));
      const module = typeof text === 'string' && text !== '' ? text : null;
      for (let index = objects.start; index < objects.end; index += 1) {
        if (objectHeads.isTold(index)) yield new ToldObject(this, index, module);
        else if (objectHeads.isObject(index)) {
          const resource = this.stateObject(index);
          yield { member: (name) => resource[name], values: () => resource.values, module };
        }
      }
    }
  }

  /** An object of the prior state as a whole. */
  stateObject(index: number): JsonObject {
    return this.#parsePiece(this.#structure.objects, index, null, ['values']) as JsonObject;
  }

  /** A member of one whose members are told (heads.ts). */
  stateMember(index: number, name: ObjectMember): Json | undefined {
    return this.#structure.objectHeads.value(index, name);
  }

  /** `inner`: the member that holds the spans; null = the piece itself. */
  #parsePiece(pieces: Pieces, index: number, inner: string | null, names: readonly [string, string?]): Json {
    const piece = pieces.get(index);
    const bytes = this.#source.read(piece.start, piece.end);
    if (!piece.sure) return this.#read(bytes, (reader) => reader.value());
    return parseAround(bytes, piece, inner, names);
  }

  /** What is wrong with a piece is told as of the whole file. */
  #read<T>(bytes: Buffer, how: (reader: JsonReader) => T): T {
    const reader = new JsonReader(bytes, this.#name);
    try {
      return how(reader);
    } catch (error) {
      if (error instanceof InlaneError) this.#plainly();
      throw error;
    }
  }
}

/** An object of the prior state that stays in the file: one for each, so it holds no more than where it is. */
class ToldObject implements StateObject {
  readonly module: string | null;
  readonly #streamed: Streamed;
  readonly #index: number;

  constructor(streamed: Streamed, index: number, module: string | null) {
    this.module = module;
    this.#streamed = streamed;
    this.#index = index;
  }

  member(name: ObjectMember): Json | undefined {
    return this.#streamed.stateMember(this.#index, name);
  }

  values(): Json | undefined {
    return this.#streamed.stateObject(this.#index).values;
  }
}

/** A piece with its two large values parsed by themselves: where they are spelled alike, as in every row without a change, once. */
function parseAround(bytes: Buffer, piece: Piece, inner: string | null, names: readonly [string, string?]): Json {
  const whole = parse(withoutSpans(bytes, piece));
  const holder = inner === null || !isJsonObject(whole) ? whole : whole[inner];
  if (!isJsonObject(holder)) return whole;
  const target = holder as { [key: string]: Json };
  const first = spanAt(bytes, piece.start, piece.firstStart, piece.firstEnd);
  const second = spanAt(bytes, piece.start, piece.secondStart, piece.secondEnd);
  const [one, other] = names;
  if (first !== null) target[one] = parse(textOf(first));
  if (second !== null && other !== undefined) {
    const alike = first?.equals(second) === true;
    target[other] = alike ? (target[one] as Json) : parse(textOf(second));
  }
  return whole;
}

function isAlike(bytes: Buffer, { start, firstStart, firstEnd, secondStart, secondEnd }: Piece): boolean {
  const first = spanAt(bytes, start, firstStart, firstEnd);
  return first !== null && spanAt(bytes, start, secondStart, secondEnd)?.equals(first) === true;
}

function spanAt(bytes: Buffer, origin: number, start: number, end: number): Buffer | null {
  return start < 0 ? null : bytes.subarray(start - origin, end - origin);
}

/** The text of a piece with `null` for its large values. */
function withoutSpans(bytes: Buffer, piece: Piece): string {
  const { start, firstStart, firstEnd, secondStart, secondEnd } = piece;
  const swapped = secondStart >= 0 && secondStart < firstStart;
  const spans = swapped ? [secondStart, secondEnd, firstStart, firstEnd] : [firstStart, firstEnd, secondStart, secondEnd];
  let text = '';
  let at = 0;
  for (let i = 0; i < spans.length; i += 2) {
    if ((spans[i] as number) < 0) continue;
    text += `${textOf(bytes.subarray(at, (spans[i] as number) - start))}null`;
    at = (spans[i + 1] as number) - start;
  }
  return text + textOf(bytes.subarray(at));
}

/** The text of UTF-8 bytes; most plans are ASCII, of which a byte is a character. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** Whether an object stands there; false for null or nothing, null for anything else. */
function isObjectAt(bytes: Buffer, at: number, place: number): boolean | null {
  if (place < 0 || bytes[at] === 0x6e) return false;
  return bytes[at] === 0x7b ? true : null;
}

/** One native parse of a text that is known to be JSON without doubt. */
function parse(text: string): Json {
  const value: Json | JsonObject = JSON.parse(text);
  if (typeof value === 'object' && value !== null) strip(value);
  return value;
}
