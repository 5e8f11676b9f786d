import { closeSync, fstatSync, readSync } from 'node:fs';
import { InlaneError } from '../errors.ts';

/** The bytes of a plan that is too large to be held: read piece by piece, more than once. */
export interface Source {
  /** In bytes. */
  readonly size: number;
  /** The bytes [from, to); good until the next call. */
  read(from: number, to: number): Buffer;
  /** The text of the same bytes. */
  text(from: number, to: number, encoding: 'latin1' | 'utf8'): string;
  /** Fills `into` with the bytes from `at` on and tells how many there were. */
  fill(into: Uint8Array, at: number): number;
  /** Throws `plan-unreadable` where the file is not what it was when it was opened. */
  assertUnchanged(): void;
  close(): void;
}

/** A text that is in memory already. */
export class MemorySource implements Source {
  readonly size: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to);
  }

  text(from: number, to: number, encoding: 'latin1' | 'utf8'): string {
    return this.#bytes.toString(encoding, from, to);
  }

  fill(into: Uint8Array, at: number): number {
    return this.#bytes.copy(into, 0, at);
  }

  assertUnchanged(): void {}
  close(): void {}
}

/** Bytes read at once where pieces follow each other. */
const WINDOW = 1 << 18;
/** Of these before the piece that is asked for: of one row members are asked for in any order. */
const BEFORE = 1 << 12;

/** An open regular file, which is closed by `close`; `name` is how messages call it. */
export class FileSource implements Source {
  readonly size: number;
  readonly #descriptor: number;
  readonly #name: string;
  readonly #state: string;
  #window = Buffer.allocUnsafe(WINDOW);
  #from = 0;
  #to = 0;
  #open = true;

  constructor(descriptor: number, name: string) {
    this.#descriptor = descriptor;
    this.#name = name;
    this.size = fstatSync(descriptor).size;
    this.#state = this.#describe();
  }

  read(from: number, to: number): Buffer {
    this.#look(from, to);
    return this.#window.subarray(from - this.#from, to - this.#from);
  }

  text(from: number, to: number, encoding: 'latin1' | 'utf8'): string {
    this.#look(from, to);
    return this.#window.toString(encoding, from - this.#from, to - this.#from);
  }

  /** Moves the window, unless it holds the bytes. */
  #look(from: number, to: number): void {
    if (from >= this.#from && to <= this.#to) return;
    // One large piece must not make all that follow read more than the processor's cache holds.
    const begin = Math.max(0, from - BEFORE);
    const length = Math.max(WINDOW, to - begin);
    if (this.#window.length !== length) this.#window = Buffer.allocUnsafe(length);
    this.#from = begin;
    this.#to = begin + this.fill(this.#window, begin);
    if (to > this.#to) this.#changed();
  }

  fill(into: Uint8Array, at: number): number {
    let length = 0;
    while (length < into.length) {
      const count = readSync(this.#descriptor, into, length, into.length - length, at + length);
      if (count === 0) break;
      length += count;
    }
    return length;
  }

  assertUnchanged(): void {
    if (this.#describe() !== this.#state) this.#changed();
  }

  close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }

  #describe(): string {
    const { size, mtimeNs, ctimeNs } = fstatSync(this.#descriptor, { bigint: true });
    return `${size} ${mtimeNs} ${ctimeNs}`;
  }

  #changed(): never {
    throw new InlaneError(
      'plan-unreadable',
      `\`${this.#name}\` changed while it was read`,
      'gate it once whatever writes it has ended',
    );
  }
}
