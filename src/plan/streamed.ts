import type { Json } from './json.ts';
import { PieceReader } from './piece-reader.ts';
import type { Member, Structure } from './scanner.ts';
import type { Source } from './source.ts';
import { StreamedRows } from './streamed-rows.ts';
import { StreamedState } from './streamed-state.ts';

/** A plan that stays in its file: each section, row and object of state is parsed when it is asked for. */
export class Streamed {
  /** The elements of `resource_changes`. */
  readonly rows: StreamedRows;
  /** The objects of `prior_state`. */
  readonly state: StreamedState;
  readonly #source: Source;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #reader: PieceReader;

  constructor(source: Source, structure: Structure, members: ReadonlyMap<string, Member>, reader: PieceReader) {
    this.rows = new StreamedRows(source, structure, reader);
    this.state = new StreamedState(source, structure, reader);
    this.#source = source;
    this.#members = members;
    this.#reader = reader;
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
    return member && this.#reader.value(member.value.start, member.value.end, member.sure);
  }

  /** A member that nobody reads: what was found while its bytes were looked at is enough, unless that left a doubt. */
  check(key: string): void {
    const member = this.#members.get(key);
    if (member !== undefined && !member.sure) this.#reader.check(member.value.start, member.value.end);
  }
}

/** Null where the top level is no object, has one key twice or one with escapes, or a state that must be read as a whole. */
export function streamedOf(source: Source, structure: Structure, name: string, plainly: () => never): Streamed | null {
  const members = new Map<string, Member>();
  for (const member of structure.members) {
    if (member.key.end <= member.key.start) return null;
    const spelled = source.text(member.key.start, member.key.end, 'utf8');
    const key: unknown = JSON.parse(spelled);
    // The scan knows keys by their bytes: rows under an escaped one would be nobody's.
    if (typeof key !== 'string' || spelled.includes('\\') || members.has(key)) return null;
    members.set(key, member);
  }
  if (members.size === 0 || members.get('prior_state')?.sure === false) return null;
  return new Streamed(source, structure, members, new PieceReader(source, name, plainly));
}
