import { MemorySource, type Source } from '../../src/plan/source.ts';

/** A source that gives some bytes at a time, so that every token is cut somewhere. */
export class Trickle extends MemorySource implements Source {
  readonly #most: number;

  constructor(bytes: Buffer, most: number) {
    super(bytes);
    this.#most = most;
  }

  override fill(into: Uint8Array, at: number): number {
    return super.fill(into.subarray(0, this.#most), at);
  }
}
