import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writeAll } from '../plan/spool.ts';
import { linesOf } from '../scan/spool.ts';
import { SortedOnDisk } from './sorted.ts';

/** Members of one group, in their order. */
export interface Group<T> {
  readonly key: string;
  /** Sum of the members' weights. */
  readonly weight: number;
  readonly first: T;
  members(): Iterable<T>;
}

interface Place {
  readonly key: string;
  readonly weight: number;
  readonly at: number;
  readonly length: number;
}

interface Open {
  readonly key: string;
  /** The first member's order. */
  readonly first: string;
  weight: number;
  readonly at: number;
}

const WRITE = 1 << 14;

/** Members that come in any order, put together by group on disk: any number of groups and members in the same memory. */
export class GroupsOnDisk<T> {
  readonly #members: SortedOnDisk;
  readonly #groups: SortedOnDisk;
  readonly #path: string;
  readonly #by: 'first' | 'key';
  #descriptor: number | null = null;

  /** Groups in the order of their keys, or of their first members' orders. */
  constructor(folder: string, name: string, by: 'first' | 'key') {
    this.#members = new SortedOnDisk(folder, `${name}-members`);
    this.#groups = new SortedOnDisk(folder, `${name}-groups`);
    this.#path = join(folder, `${name}-grouped`);
    this.#by = by;
  }

  /** `order`: no two are equal within a group, nor in all where groups are ordered by it. */
  add(key: string, order: string, member: T, weight = 1): void {
    this.#members.add(`${key}\0${order}`, JSON.stringify([key.length, weight, member]));
  }

  *groups(): Generator<Group<T>> {
    this.#descriptor ??= this.#grouped();
    const descriptor = this.#descriptor;
    for (const { value } of this.#groups.entries()) {
      const { key, weight, at, length } = JSON.parse(value) as Place;
      const members = () => membersOf<T>(descriptor, at, at + length);
      const [first] = members();
      yield { key, weight, first: first as T, members };
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  /** Writes the members of each group one behind the other. */
  #grouped(): number {
    const descriptor = openSync(this.#path, 'wx+', 0o600);
    let chunk = '';
    let written = 0;
    const flush = () => {
      writeAll(descriptor, Buffer.from(chunk, 'utf8'));
      chunk = '';
    };
    const ended = ({ key, first, weight, at }: Open) => {
      const place: Place = { key, weight, at, length: written - at };
      this.#groups.add(this.#by === 'key' ? key : first, JSON.stringify(place));
    };
    let open: Open | null = null;
    for (const { key: ordered, value } of this.#members.entries()) {
      const [length, weight, member] = JSON.parse(value) as [number, number, T];
      const key = ordered.slice(0, length);
      if (open !== null && open.key !== key) ended(open);
      if (open === null || open.key !== key) open = { key, first: ordered.slice(length + 1), weight: 0, at: written };
      open.weight += weight;
      const line = `${JSON.stringify(member)}\n`;
      written += Buffer.byteLength(line, 'utf8');
      chunk += line;
      if (chunk.length > WRITE) flush();
    }
    if (open !== null) ended(open);
    flush();
    return descriptor;
  }
}

function* membersOf<T>(descriptor: number, from: number, to: number): Generator<T> {
  for (const { text } of linesOf(descriptor, from, to, WRITE)) yield JSON.parse(text) as T;
}
