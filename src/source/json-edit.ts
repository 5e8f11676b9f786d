import { literalText } from './body.ts';
import { type Entry, type FileEdit, lineEnd } from './edit.ts';
import type { Declaration, Place } from './folder.ts';
import { type JsonNode, objectsOf, readJson } from './json-body.ts';
import { wholeExpression } from './json-value.ts';
import type { TextEdit } from './patch.ts';

type JsonObject = JsonNode & { readonly kind: 'object' };

/** The entries of each map written into one block in JSON syntax; null where that cannot be said, or where a file overrides the block. */
export function jsonEdits(
  { file, block, overrides }: Declaration,
  maps: readonly (readonly Entry[])[],
): readonly FileEdit[] | null {
  if (overrides.length > 0) return null;
  const { text } = file;
  const top = readJson(text, block.open, block.close + 1);
  if (top.kind !== 'object') return null;
  const edits: TextEdit[] = [];
  /** Members to add, by object: one edit for each, for two at one place would have no order. */
  const added = new Map<JsonObject, string[]>();
  for (const entries of maps) {
    const edit = entriesEdit({ file, block }, top, entries);
    if (edit === null) return null;
    if ('start' in edit) edits.push(edit);
    else added.set(edit.object, [...(added.get(edit.object) ?? []), ...edit.members]);
  }
  for (const [object, members] of added) edits.push(intoObject(text, object, members));
  return [{ file, edits }];
}

interface Addition {
  readonly object: JsonObject;
  /** Spelled, without a comma. */
  readonly members: readonly string[];
}

function entriesEdit({ file: { text } }: Place, top: JsonObject, entries: readonly Entry[]): Addition | TextEdit | null {
  const [first] = entries as readonly [Entry, ...Entry[]];
  let object = top;
  for (const name of first.path.slice(0, -1)) {
    const inner = only(object, name);
    const [one, ...more] = inner === undefined ? [] : objectsOf(inner);
    if (one === undefined || more.length > 0) return null;
    object = one;
  }
  const name = first.path.at(-1) as string;
  const members = entries.map(({ key, value }) => `${JSON.stringify(key)}: ${JSON.stringify(template(value))}`);
  const same = object.members.filter(({ key }) => key === name || key === 'dynamic');
  const [given] = same;
  if (given === undefined) return { object, members: [`${JSON.stringify(name)}: { ${members.join(', ')} }`] };
  if (same.length > 1 || given.key !== name) return null;
  const { value } = given;
  const spelled = text.slice(value.start, value.end);
  if (spelled === 'null') return { start: value.start, end: value.end, text: `{ ${members.join(', ')} }` };
  if (value.kind === 'object') {
    const has = value.members.some(({ key }) => /[$%]\{/.test(key) || entries.some((entry) => entry.key === key));
    return has ? null : { object: value, members };
  }
  const expression = value.kind === 'scalar' && spelled.startsWith('"') ? wholeExpression(JSON.parse(spelled) as string) : null;
  // What is quoted within quotes is read by people no more.
  if (expression === null || expression.includes('"') || entries.some(({ line }) => hasEscape(line))) return null;
  const merged = `\${merge(${expression}, { ${entries.map(({ line }) => line).join(', ')} })}`;
  return { start: value.start, end: value.end, text: JSON.stringify(merged) };
}

function only(object: JsonObject, name: string): JsonNode | undefined {
  const found = object.members.filter(({ key }) => key === name);
  return found.length === 1 ? found[0]?.value : undefined;
}

/** A text as a template that says it. */
function template(text: string): string {
  return text.replace(/([$%])\{/g, '$1$1{');
}

function hasEscape(line: string): boolean {
  const quoted = /"(?:[^"\\]|\\.)*"$/.exec(line)?.[0];
  return quoted === undefined || literalText(quoted) !== quoted.slice(1, -1);
}

function intoObject(text: string, { start, end, members }: JsonObject, added: readonly string[]): TextEdit {
  const last = members.at(-1)?.value;
  if (last === undefined) return { start: start + 1, end: end - 1, text: ` ${added.join(', ')} ` };
  const first = members[0]?.start ?? start;
  const indent = text.slice(text.lastIndexOf('\n', first - 1) + 1, first);
  const ownLine = /^[ \t]*$/.test(indent) && indent.length < first;
  const between = ownLine ? `,${lineEnd(text)}${indent}` : ', ';
  return { start: last.end, end: last.end, text: added.map((one) => `${between}${one}`).join('') };
}
