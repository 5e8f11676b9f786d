import { firstWhere } from '../plan/sorted.ts';
import type { Argument, Block, Body } from './body.ts';
import { ScanError } from './scan.ts';

/** How many labels a block of each type has in JSON syntax, which alone tells labels from arguments. */
const LABELS: ReadonlyMap<string, number> = new Map([
  ['resource', 2],
  ['data', 2],
  ['ephemeral', 2],
  ['action', 2],
  ['module', 1],
  ['provider', 1],
  ['variable', 1],
  ['output', 1],
  ['check', 1],
  ['locals', 0],
  ['terraform', 0],
  ['moved', 0],
  ['removed', 0],
  ['import', 0],
]);

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

/** A value with its place; offsets into the text that it was read from. */
export type JsonNode =
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly start: number; readonly end: number };

/** A text that is one value, or one between two offsets of it. Throws ScanError for what is no JSON. */
export function readJson(text: string, from = 0, to = text.length): JsonNode {
  return new JsonReader(text, from, to).document();
}

/**
 * The blocks of a file in JSON syntax, with their places: a block stands at its last label, and every member of its object is an
 * argument. Throws ScanError, also for what is no JSON.
 */
export function readJsonBody(text: string): Body {
  const root = readJson(text);
  const lines = lineStarts(text);
  const blocks: Block[] = [];
  for (const object of objectsOf(root)) {
    for (const { key, start, value } of object.members) {
      const labels = LABELS.get(key);
      if (labels !== undefined) descend(key, [], labels, start, value);
    }
  }
  return { arguments: [], blocks };

  function descend(type: string, labels: readonly string[], missing: number, at: number, value: JsonNode): void {
    for (const object of objectsOf(value)) {
      if (missing === 0) {
        const body = { arguments: argumentsOf(object), blocks: [] };
        const place = labels.length === 0 && value.kind === 'array' ? object.start : at;
        blocks.push({ type, labels, line: lineAt(place), start: place, open: object.start, close: object.end - 1, body });
      } else {
        for (const member of object.members) {
          if (member.key !== '//') descend(type, [...labels, member.key], missing - 1, member.start, member.value);
        }
      }
    }
  }

  function argumentsOf(object: JsonNode & { kind: 'object' }): Argument[] {
    return object.members
      .filter(({ key }) => key !== '//')
      .map(({ key, start, value }) => ({
        name: key,
        line: lineAt(start),
        start,
        valueStart: value.start,
        valueEnd: value.end,
      }));
  }

  function lineAt(offset: number): number {
    return firstWhere(lines, (start) => start > offset);
  }
}

/** An object, or each of an array of objects. */
export function objectsOf(node: JsonNode): readonly (JsonNode & { kind: 'object' })[] {
  if (node.kind === 'object') return [node];
  return node.kind === 'array' ? node.items.filter((item): item is JsonNode & { kind: 'object' } => item.kind === 'object') : [];
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

const BLANKS = /[ \t\r\n]*/y;
const TEXT = /"(?:[^"\\]|\\.)*"/y;
const LITERAL = /-?\d[\d.eE+-]*|true|false|null/y;

/** How deep values may stand in one another: each level is a call. */
const DEEPEST = 200;

class JsonReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, from: number, to: number) {
    this.#text = text;
    this.#at = from === 0 && text.startsWith('\ufeff') ? 1 : from;
    try {
      JSON.parse(text.slice(this.#at, to));
    } catch {
      throw new ScanError('no JSON', 1);
    }
  }

  document(): JsonNode {
    return this.#value(0);
  }

  #value(depth: number): JsonNode {
    if (depth > DEEPEST) throw new ScanError('values too deep in one another', 1);
    this.#match(BLANKS);
    const start = this.#at;
    const c = this.#text[start];
    if (c === '{') {
      const members: JsonMember[] = [];
      for (let more = this.#opened('}'); more; more = this.#more('}')) {
        const at = this.#at;
        const key = JSON.parse(this.#match(TEXT)) as string;
        this.#match(BLANKS);
        this.#at += 1;
        members.push({ key, start: at, value: this.#value(depth + 1) });
      }
      return { kind: 'object', start, end: this.#at, members };
    }
    if (c === '[') {
      const items: JsonNode[] = [];
      for (let more = this.#opened(']'); more; more = this.#more(']')) items.push(this.#value(depth + 1));
      return { kind: 'array', start, end: this.#at, items };
    }
    this.#match(c === '"' ? TEXT : LITERAL);
    return { kind: 'scalar', start, end: this.#at };
  }

  /** Behind the opening bracket; false where the closing one follows, which is passed too. */
  #opened(close: string): boolean {
    this.#at += 1;
    this.#match(BLANKS);
    if (this.#text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  /** Behind a value: past the comma, or past the closing bracket. */
  #more(close: string): boolean {
    this.#match(BLANKS);
    const c = this.#text[this.#at];
    this.#at += 1;
    this.#match(BLANKS);
    return c !== close;
  }

  /** The text was JSON as a whole, so every step finds what it looks for; it fails rather than stands still. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new ScanError('no JSON', 1);
    this.#at = pattern.lastIndex;
    return found;
  }
}
