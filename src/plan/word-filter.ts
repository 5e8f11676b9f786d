import { BLOCK, type Engine, engine } from './engine.ts';

const NONE = new Int32Array();

/** Finds some words in the bytes of JSON texts, without parsing them. Words are ASCII and no numbers. */
export class WordFilter {
  readonly #engine: Engine;
  readonly #input: Buffer;
  readonly #shortest: number;

  constructor(words: Iterable<string>) {
    this.#engine = engine();
    this.#engine.forget();
    this.#input = Buffer.from(this.#engine.memory.buffer, this.#engine.input.value, BLOCK);
    let shortest = BLOCK;
    for (const word of words) {
      this.#input.write(word, 'latin1');
      this.#engine.want(word.length);
      shortest = Math.min(shortest, word.length);
    }
    this.#shortest = shortest;
  }

  /**
   * Where words stand in the text, wanted ones and some others: where each begins and ends, one after the other; good until the next
   * call. Null where an escape may hide one, or one stands next to a character beyond ASCII.
   */
  in(json: Uint8Array): Int32Array | null {
    if (json.length > BLOCK) return null;
    this.#input.set(json);
    const count = this.#engine.search(json.length, this.#shortest);
    if (count <= 0) return count < 0 ? null : NONE;
    return new Int32Array(this.#engine.memory.buffer, this.#engine.records.value, 2 * count);
  }

  /** Whether some escape in the last text may stand for a colon, slash, at sign or space. */
  get hidesSeparators(): boolean {
    return this.#engine.hidden.value !== 0;
  }
}
