import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, type Scalar } from 'yaml';
import type { Place } from '../errors.ts';
import { type Problems, quoted } from './problems.ts';

/** A lane file as a tree with places; scalars are what YAML 1.2's core schema says. */
export type LaneNode = MapNode | ListNode | ScalarNode | FaultNode;

export interface MapNode {
  readonly kind: 'map';
  readonly at: Place;
  readonly entries: ReadonlyMap<string, Entry>;
  /** False when a key was refused, so that nothing can be said of keys that are not there. */
  readonly whole: boolean;
}

export interface Entry {
  readonly key: string;
  /** Place of the key. */
  readonly at: Place;
  readonly value: LaneNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly LaneNode[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: string | number | boolean | null;
  /** As the file spells it, without quotes. */
  readonly source: string;
}

/** A value that has been complained about already; nobody reads it any further. */
export interface FaultNode {
  readonly kind: 'fault';
  readonly at: Place;
}

/** Deeper than any rule; the composer of `yaml` recurses, so this is checked before it runs. */
const DEEPEST = 32;
const LONGEST_FILE = 1 << 20;

const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s]|$)/;
const TIME = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;
const INTEGER = /^[-+]?\d+$/;

/** Bytes of a lane file to its tree; null when it has no usable tree, and then there is a problem. */
export function readDocument(bytes: Uint8Array, file: string, problems: Problems): LaneNode | null {
  const start: Place = { file, line: 1, column: 1 };
  if (bytes.length > LONGEST_FILE) {
    problems.add(start, 'the file is larger than 1 MiB');
    return null;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.add(start, 'the file is not UTF-8 text');
    return null;
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const deep = tooDeep(tokens);
  if (deep !== null) {
    problems.add(at(deep), `nested deeper than ${DEEPEST} levels`);
    return null;
  }
  const documents = [
    // Duplicate keys are looked for below, where both places are known; `<<` stays a plain key and is refused there.
    ...new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, merge: false, logLevel: 'silent' }).compose(tokens),
  ];
  const document = documents[0];
  if (document === undefined) {
    problems.add(start, 'the file is empty', 'a lane file starts with `inlane: 1` and `level: org`; `inlane init` writes one');
    return null;
  }
  if (!wellFormed(documents, at, problems)) return null;
  if (document.contents === null) {
    problems.add(start, 'the file is empty', 'a lane file starts with `inlane: 1` and `level: org`; `inlane init` writes one');
    return null;
  }
  return new Reader(at, problems).node(document.contents, at(0));
}

function wellFormed(documents: readonly Document.Parsed[], at: (offset: number) => Place, problems: Problems): boolean {
  const errors = documents.flatMap((d) => d.errors);
  for (const error of errors) problems.add(at(error.pos[0]), `not valid YAML: ${oneLine(error.message)}`);
  const second = documents[1];
  if (second) problems.add(at(second.range[0]), 'a second YAML document', 'write one document per file, without `---` between');
  for (const { directives } of documents) {
    if (directives?.yaml.explicit && directives.yaml.version !== '1.2')
      problems.add(at(0), 'lane files are YAML 1.2', 'remove the `%YAML` line');
  }
  return errors.length === 0;
}

function oneLine(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return line.slice(0, 1).toLowerCase() + line.slice(1, 160);
}

/** Offset of the first token that stands too deep, or null. A loop, since the depth is the file's to choose. */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  const open: [token: CST.Token, depth: number][] = tokens.map((t) => [t, 0]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [token, depth] = next;
    if (depth > DEEPEST) return 'offset' in token ? token.offset : 0;
    if (token.type === 'document') {
      if (token.value) open.push([token.value, depth]);
    } else if ('items' in token) {
      for (const item of token.items) {
        if (item.key) open.push([item.key, depth + 1]);
        if (item.value) open.push([item.value, depth + 1]);
      }
    }
  }
  return null;
}

/** Turns composed YAML into our tree and refuses what hides or changes meaning. */
class Reader {
  readonly #at: (offset: number) => Place;
  readonly #problems: Problems;
  constructor(at: (offset: number) => Place, problems: Problems) {
    this.#at = at;
    this.#problems = problems;
  }

  node(node: unknown, fallback: Place): LaneNode {
    if (isAlias(node)) {
      const at = this.#place(node, fallback);
      this.#problems.add(
        at,
        `${quoted(`*${node.source.slice(0, 40)}`)} is an alias`,
        'write the value out, so that a rule says all of itself where it stands',
      );
      return { kind: 'fault', at };
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return { kind: 'scalar', at: fallback, value: null, source: '' };
    const at = this.#place(node, fallback);
    if (node.anchor)
      this.#problems.add(at, `${quoted(`&${node.anchor.slice(0, 40)}`)} is an anchor`, 'write the value out where it is needed');
    if (node.tag)
      this.#problems.add(at, `a YAML tag (${quoted(node.tag)}) stands before this value`, 'remove it; text goes in quotes');
    if (isScalar(node)) return this.#scalar(node, at);
    if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => this.node(item, at)) };
    const entries = new Map<string, Entry>();
    let whole = true;
    for (const pair of node.items) {
      const keyAt = this.#place(pair.key, at);
      const key = this.#key(pair.key, keyAt);
      const value = this.node(pair.value, keyAt);
      if (key === null) {
        whole = false;
        continue;
      }
      const first = entries.get(key);
      if (first)
        this.#problems.add(keyAt, `duplicate key ${quoted(key)}`, `it stands at ${first.at.line}:${first.at.column} already`);
      else entries.set(key, { key, at: keyAt, value });
    }
    return { kind: 'map', at, entries, whole };
  }

  #key(key: unknown, at: Place): string | null {
    if (!isScalar(key)) {
      this.#problems.add(at, 'a key is neither a word nor text in quotes');
      return null;
    }
    if (key.anchor)
      this.#problems.add(at, `${quoted(`&${key.anchor.slice(0, 40)}`)} is an anchor`, 'write the value out where it is needed');
    if (key.tag) this.#problems.add(at, `a YAML tag (${quoted(key.tag)}) stands before this key`, 'remove it');
    const source = String(key.source ?? '');
    if (key.type === 'PLAIN' && looksLikeTime(source)) {
      this.#problems.add(at, `${quoted(source)} is a date or time without quotes`, `write "${source}"`);
      return null;
    }
    if (typeof key.value !== 'string') {
      this.#problems.add(at, `the key ${quoted(source)} is not text`, `write ${JSON.stringify(source)} in quotes`);
      return null;
    }
    if (key.value === '<<') {
      this.#problems.add(at, 'merge keys (`<<`) are not used', 'write the keys out');
      return null;
    }
    return key.value;
  }

  #scalar(node: Scalar, at: Place): ScalarNode | FaultNode {
    const value = node.value;
    const source = String(node.source ?? '');
    const bad = (message: string, hint: string): FaultNode => {
      this.#problems.add(at, message, hint);
      return { kind: 'fault', at };
    };
    if (node.type === 'PLAIN') {
      if (looksLikeTime(source)) return bad(`${quoted(source)} is a date or time without quotes`, `write "${source}"`);
      if (OLD_BOOLEAN.test(source)) {
        const meant = /^(?:yes|on)$/i.test(source) ? 'true' : 'false';
        return bad(
          `${quoted(source)} is text in YAML 1.2 and a boolean elsewhere`,
          `write \`${meant}\`, or "${source}" in quotes`,
        );
      }
    }
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return bad(`${quoted(source)} is no number that a rule can compare`, 'write digits');
      const integer = INTEGER.test(source);
      if (integer && !Number.isSafeInteger(value)) return bad(`${quoted(source)} is beyond 2^53`, `write "${source}" in quotes`);
      if (integer && /^[-+]?0\d/.test(source))
        return bad(`${quoted(source)} has a leading zero`, `write "${source}" in quotes, or ${value}`);
      return { kind: 'scalar', at, value, source };
    }
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return { kind: 'scalar', at, value, source };
    return bad(`${quoted(source)} is not understood`, 'write text in quotes');
  }

  #place(node: unknown, fallback: Place): Place {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    return range ? this.#at(range[0] ?? 0) : fallback;
  }
}

function looksLikeTime(source: string): boolean {
  return DATE.test(source) || TIME.test(source);
}

/** The value of a key, or null where it is not there. */
export function valueAt(node: LaneNode, key: string): LaneNode | null {
  return node.kind === 'map' ? (node.entries.get(key)?.value ?? null) : null;
}

/** The entries of a map under a key; empty where there is none. */
export function entriesAt(node: LaneNode, key: string): readonly Entry[] {
  const value = valueAt(node, key);
  return value?.kind === 'map' ? [...value.entries.values()] : [];
}

/** The items of a list under a key; empty where there is none. */
export function itemsAt(node: LaneNode, key: string): readonly LaneNode[] {
  const value = valueAt(node, key);
  return value?.kind === 'list' ? value.items : [];
}

/** The text under a key, or null. */
export function textAt(node: LaneNode, key: string): string | null {
  const value = valueAt(node, key);
  return value ? textOf(value) : null;
}

export function textOf(node: LaneNode): string | null {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' ? node.value : null;
}

/** The texts of one text or a list of them, each with its node. */
export function textsOf(node: LaneNode | null): readonly { readonly text: string; readonly at: Place }[] {
  const nodes = node === null ? [] : node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((one) => {
    const text = textOf(one);
    return text === null ? [] : [{ text, at: one.at }];
  });
}
