import { Composer, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { Place } from '../../src/errors.ts';
import type { Entry, LaneNode } from '../../src/lanes/node.ts';

/** What the package `yaml` makes of a text: a tree in the shape of ours, or the reason why it makes none. */
export type SecondReading = { readonly tree: LaneNode } | { readonly refused: string };

/**
 * Reads a lane file with another parser than the programme has: same tree, same places, values by its own core schema. It knows YAML only,
 * and nothing of what the lane language refuses beyond that, except what our tree cannot hold (aliases, keys that are no text).
 */
export function secondReading(text: string, file: string): SecondReading {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = [
    ...new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, merge: false, logLevel: 'silent' }).compose(tokens),
  ];
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error) return { refused: error.message };
  const [document, second] = documents;
  if (!document) return { refused: 'no document' };
  if (second) return { refused: 'second document' };
  try {
    return { tree: nodeOf(document.contents, at, at(0)) };
  } catch (error) {
    if (error instanceof Beyond) return { refused: error.message };
    throw error;
  }
}

/** YAML that our tree has no shape for. */
class Beyond extends Error {}

function nodeOf(node: unknown, place: (offset: number) => Place, fallback: Place): LaneNode {
  if (node === null) return { kind: 'scalar', at: fallback, value: null, source: '' };
  if (isScalar(node)) {
    const { value } = node;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && value !== null)
      throw new Beyond('another value');
    return { kind: 'scalar', at: placeOf(node, place), value, source: node.source ?? '' };
  }
  const at = placeOf(node, place);
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => nodeOf(item, place, at)) };
  if (!isMap(node)) throw new Beyond('an alias');
  const entries = new Map<string, Entry>();
  for (const { key, value } of node.items) {
    if (!isScalar(key) || typeof key.value !== 'string') throw new Beyond('a key that is no text');
    const keyAt = placeOf(key, place);
    if (entries.has(key.value)) throw new Beyond('a key twice');
    entries.set(key.value, { key: key.value, at: keyAt, value: nodeOf(value, place, keyAt) });
  }
  return { kind: 'map', at, entries, whole: true };
}

function placeOf(node: unknown, place: (offset: number) => Place): Place {
  return place((node as { readonly range: readonly [number, number, number] }).range[0]);
}
