import type { ConfigurationEdit } from '../tags/finding.ts';
import type { Argument, Block } from './body.ts';
import type { Declaration, Place, SourceFile } from './folder.ts';
import { jsonEdits } from './json-edit.ts';
import { readCall, readObject } from './objects.ts';
import type { TextEdit } from './patch.ts';

/** Edits of one file. */
export interface FileEdit {
  readonly file: SourceFile;
  readonly edits: readonly TextEdit[];
}

/** One entry of a map. */
export type Entry = ConfigurationEdit & { readonly kind: 'entry' };

/**
 * What makes these edits of one block in the text of its files: entries of one map together. Null where it cannot be said: a block is to be
 * written in JSON syntax, the map has the key already or is made in a way that cannot be added to, or the block on the way is missing or repeated.
 */
export function editsOf(declaration: Declaration, wanted: readonly ConfigurationEdit[]): readonly FileEdit[] | null {
  const found = new Map<SourceFile, TextEdit[]>();
  const add = (file: SourceFile, edit: TextEdit) => found.set(file, [...(found.get(file) ?? []), edit]);
  const maps = new Map<string, Entry[]>();
  const inner: string[] = [];
  const beside: string[] = [];
  for (const edit of wanted) {
    if (edit.kind === 'inner') inner.push(edit.text);
    else if (edit.kind === 'beside') beside.push(edit.text);
    else {
      const at = JSON.stringify(edit.path);
      maps.set(at, [...(maps.get(at) ?? []), edit]);
    }
  }
  const { file, block } = declaration;
  if (file.syntax === 'json') return inner.length + beside.length > 0 ? null : jsonEdits(declaration, [...maps.values()]);
  const arguments_: string[] = [];
  for (const entries of maps.values()) {
    const made = entryEdits(declaration, entries);
    if (made === null) return null;
    if (typeof made === 'string') arguments_.push(made);
    else for (const edit of made.edits) add(made.file, edit);
  }
  const within = [...arguments_, ...inner];
  if (within.length > 0) add(file, atEnd(file.text, block, within.join('\n\n')));
  if (beside.length > 0) add(file, behind(file.text, block, beside.join('\n\n')));
  return [...found].map(([one, edits]) => ({ file: one, edits }));
}

/** Text of an argument that is to be added to the block itself; or edits where the map, or the block that it belongs to, is there. */
function entryEdits(declaration: Declaration, entries: readonly Entry[]): FileEdit | string | null {
  const [first] = entries as readonly [Entry, ...Entry[]];
  const blocks = first.path.slice(0, -1);
  const name = first.path.at(-1) as string;
  const lines = entries.map(({ line }) => line);
  const places: readonly Place[] = [declaration, ...declaration.overrides];
  const owners = blocks.length === 0 ? places : nested(places, blocks);
  if (owners === null) return null;
  const owner = [...owners].reverse().find(({ block }) => block.body.arguments.some((one) => one.name === name));
  const blockLike = owners.some(({ block }) =>
    block.body.blocks.some(({ type, labels }) => type === name || (type === 'dynamic' && labels[0] === name)),
  );
  if (blockLike) return null;
  if (owner === undefined) {
    const added = `${name} = {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
    if (blocks.length === 0) return added;
    const { file, block } = owners[0] as Place;
    return file.syntax === 'json' ? null : { file, edits: [atEnd(file.text, block, added)] };
  }
  const { file, block } = owner;
  const given = block.body.arguments.filter((one) => one.name === name);
  if (file.syntax === 'json' || given.length !== 1) return null;
  const keys = entries.map(({ key }) => key);
  const edits = intoMap(file.text, given[0] as Argument, keys, lines);
  return edits === null ? null : { file, edits };
}

/** The one static block at a path of block names; null where there is none or more than one. */
function nested(places: readonly Place[], path: readonly string[]): readonly Place[] | null {
  let at = places;
  for (const name of path) {
    const next = at.flatMap(({ file, block }) =>
      block.body.blocks.filter(({ type }) => type === name).map((one) => ({ file, block: one })),
    );
    if (next.length !== 1) return null;
    at = next;
  }
  return at;
}

/** Entries added to the value of an argument. */
function intoMap(
  text: string,
  { valueStart, valueEnd }: Argument,
  keys: readonly string[],
  lines: readonly string[],
): TextEdit[] | null {
  const written = text.slice(valueStart, valueEnd);
  const oneLine = `{ ${lines.join(', ')} }`;
  if (written === 'null') return [{ start: valueStart, end: valueEnd, text: oneLine }];
  if (/^(?:["[\d]|<<)/.test(written)) return null;
  const object = readObject(text, valueStart, valueEnd);
  if (object !== null) return intoObject(text, object, keys, lines);
  if (written.startsWith('{')) return [...around(valueStart, valueEnd, oneLine)];
  const call = readCall(text, valueStart, valueEnd);
  if (call?.name !== 'merge' || call.spread) return [...around(valueStart, valueEnd, oneLine)];
  const last = call.arguments.at(-1);
  const lastObject = last === undefined ? null : readObject(text, last.start, last.end);
  if (lastObject !== null) return intoObject(text, lastObject, keys, lines);
  const lineStart = text.lastIndexOf('\n', call.close) + 1;
  if (last !== undefined && call.comma && lineStart > last.end && text.slice(lineStart, call.close).trim() === '') {
    return [{ start: lineStart, end: lineStart, text: `${indentAt(text, last.start)}${oneLine},${lineEnd(text)}` }];
  }
  if (last === undefined || call.comma) return [{ start: call.close, end: call.close, text: oneLine }];
  return [{ start: last.end, end: last.end, text: `, ${oneLine}` }];
}

/** Later arguments of `merge` win, and null ones count for nothing. */
function around(start: number, end: number, object: string): TextEdit[] {
  return [
    { start, end: start, text: 'merge(' },
    { start: end, end, text: `, ${object})` },
  ];
}

function intoObject(
  text: string,
  object: NonNullable<ReturnType<typeof readObject>>,
  keys: readonly string[],
  lines: readonly string[],
): TextEdit[] | null {
  if (object.entries.some(({ key }) => key !== null && keys.includes(key))) return null;
  const last = object.entries.at(-1);
  const lineStart = text.lastIndexOf('\n', object.close) + 1;
  if (lineStart > object.open && text.slice(lineStart, object.close).trim() === '') {
    const end = lineEnd(text);
    const indent = last === undefined ? `${text.slice(lineStart, object.close)}  ` : indentAt(text, last.start);
    const added = lines.map((line) => `${indent}${line}${end}`).join('');
    return [{ start: lineStart, end: lineStart, text: added }];
  }
  if (last === undefined) return [{ start: object.open + 1, end: object.close, text: ` ${lines.join(', ')} ` }];
  if (object.comma)
    return [{ start: object.close, end: object.close, text: `${text[object.close - 1] === ' ' ? '' : ' '}${lines.join(', ')} ` }];
  return [{ start: last.end, end: last.end, text: `, ${lines.join(', ')}` }];
}

/** Behind everything else in a block. */
function atEnd(text: string, block: Block, added: string): TextEdit {
  const end = lineEnd(text);
  const outer = indentAt(text, block.start);
  const spelled = added
    .split('\n')
    .map((line) => (line === '' ? '' : `${outer}  ${line}`))
    .join(end);
  const lineStart = text.lastIndexOf('\n', block.close) + 1;
  if (lineStart > block.open && text.slice(lineStart, block.close).trim() === '') {
    const gap =
      /\{\s*$/.test(text.slice(block.open, lineStart)) || /\n[ \t\r]*\n$/.test(text.slice(block.open, lineStart)) ? '' : end;
    return { start: lineStart, end: lineStart, text: `${gap}${spelled}${end}` };
  }
  // A block of one line holds one argument at most.
  const inside = text.slice(block.open + 1, block.close).trim();
  const kept = inside === '' ? '' : `${outer}  ${inside}${end}${end}`;
  return { start: block.open + 1, end: block.close, text: `${end}${kept}${spelled}${end}${outer}` };
}

/** A block of its own behind another one. */
function behind(text: string, block: Block, added: string): TextEdit {
  const end = lineEnd(text);
  const spelled = added.split('\n').join(end);
  const next = text.indexOf('\n', block.close);
  if (next < 0) return { start: text.length, end: text.length, text: `${end}${end}${spelled}${end}` };
  return { start: next + 1, end: next + 1, text: `${end}${spelled}${end}` };
}

/** What ends the first line of a file ends the others. */
export function lineEnd(text: string): string {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
