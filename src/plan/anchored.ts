import { type Literal, literalOf } from './literal.ts';
import { keyed } from './salt.ts';
import { words } from './words.ts';

/** A text that is looked for where its anchor stands, one of its words. */
export interface Needle {
  readonly text: string;
  /** Null = bytes do not tell whether it stands there. */
  readonly literal: Literal | null;
}

/** Texts that differ in what stands around their anchor, by so many words of it before the anchor and so many in all. */
interface Shape {
  readonly before: number;
  readonly length: number;
  readonly texts: Map<string, string>;
}

/** The same of characters. */
interface Place {
  readonly before: number;
  readonly length: number;
  readonly needles: Map<string, Needle>;
}

/** From so many texts on looking for each of them wherever the anchor stands costs too much. */
const MANY = 16;

/** The texts that hang on one anchor. Where they are many, what stands around it tells which of them may stand there. */
export class Anchored {
  readonly needles: Needle[] = [];
  readonly #anchor: string;
  #places: readonly Place[] | null = null;
  #shapes: readonly Shape[] | null = null;
  #hashed: readonly Shape[] | null = null;

  constructor(anchor: string) {
    this.#anchor = anchor;
  }

  add(text: string): void {
    this.needles.push({ text, literal: literalOf(text, this.#anchor) });
  }

  get areMany(): boolean {
    return this.needles.length >= MANY;
  }

  /** Of many texts those that may stand around an anchor which stands at a place of a JSON text; null where bytes do not tell it of all. */
  aroundBytes(json: Buffer, anchor: number): readonly Needle[] | null {
    if (this.#places === null) {
      if (this.needles.some(({ literal }) => literal === null)) return null;
      this.#places = placesOf(this.needles);
    }
    const found: Needle[] = [];
    for (const { before, length, needles } of this.#places) {
      const from = anchor - before;
      const needle = from < 0 ? undefined : needles.get(json.toString('latin1', from, from + length));
      if (needle !== undefined) found.push(needle);
    }
    return found;
  }

  /** Of many texts those that stand around one of some words, which is the anchor. */
  aroundWord(own: readonly string[], at: number): Iterable<string> {
    this.#shapes ??= shapesOf(this.needles, this.#anchor, (word) => word);
    return runsAround(own, at, this.#shapes);
  }

  /** The same of salted words. */
  aroundToken(tokens: readonly string[], at: number): Iterable<string> {
    this.#hashed ??= shapesOf(this.needles, this.#anchor, (word) => keyed('word', word));
    return runsAround(tokens, at, this.#hashed);
  }
}

function* runsAround(tokens: readonly string[], at: number, shapes: readonly Shape[]): Generator<string> {
  for (const { before, length, texts } of shapes) {
    const from = at - before;
    if (from < 0 || from + length > tokens.length) continue;
    const text = texts.get(tokens.slice(from, from + length).join(''));
    if (text !== undefined) yield text;
  }
}

function placesOf(needles: readonly Needle[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const needle of needles) {
    const { text, literal } = needle;
    const before = literal?.place ?? 0;
    const key = `${before} ${text.length}`;
    const place = places.get(key) ?? { before, length: text.length, needles: new Map() };
    places.set(key, place);
    place.needles.set(text, needle);
  }
  return [...places.values()];
}

function shapesOf(needles: readonly Needle[], anchor: string, tokenOf: (word: string) => string): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const { text } of needles) {
    const own = words(text);
    const before = own.indexOf(anchor);
    const key = `${before} ${own.length}`;
    const shape = shapes.get(key) ?? { before, length: own.length, texts: new Map() };
    shapes.set(key, shape);
    shape.texts.set(own.map(tokenOf).join(''), text);
  }
  return [...shapes.values()];
}
