import { BLOCK, type Engine, engine } from './engine.ts';

const NONE: ReadonlySet<string> = new Set();

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

  /** Words that stand in the text, wanted ones and some others; null where an escape may hide one. */
  in(json: Uint8Array): ReadonlySet<string> | null {
    if (json.length > BLOCK) return null;
    this.#input.set(json);
    const count = this.#engine.search(json.length, this.#shortest);
    if (count <= 0) return count < 0 ? null : NONE;
    const found = new Set<string>();
    const hits = new Int32Array(this.#engine.memory.buffer, this.#engine.records.value, 2 * count);
    for (let at = 0; at < hits.length; at += 2) found.add(this.#input.toString('latin1', hits[at], hits[at + 1]));
    return found;
  }
}
