import { InlaneError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject, JsonReader, type Span } from './json.ts';
import { printable } from './printable.ts';
import { recogniseArray, streamed, type TopLevel } from './recognise.ts';
import { recogniseTail, recogniseText } from './recognise-text.ts';
import type { Structure } from './scanner.ts';
import type { Source } from './source.ts';
import { streamedOf } from './streamed.ts';
import { parseWhole } from './whole.ts';
import { wrongFile } from './wrong-file.ts';

const HEAD = 64 * 1024;

/**
 * Finds the top-level members of a JSON document without parsing them: the seam for big files. Throws what the bytes are when they
 * are no JSON object (`plan-wrong-file`), or where they break (`plan-unreadable`).
 */
export function openDocument(bytes: Buffer, path: string): TopLevel {
  const name = printable(path, 300);
  const whole = parseWhole(bytes);
  if (whole !== null && isOrdinary(whole))
    return { name, bytes, members: new Map(Object.keys(whole).map(named)), whole, streamed: null };
  const reader = new JsonReader(bytes, name);
  const first = reader.peek();
  if (first === -1) {
    wrongFile(
      name,
      'empty',
      'the command that made it failed: its errors went to the terminal. Check its exit code (`set -o pipefail`) and run `terraform show -json tfplan > plan.json` again',
    );
  }
  if (first === 0x5b) {
    // Sentinel and OpenTofu wrap their log lines in brackets too, so a text may begin like a list.
    recogniseText(name, head(bytes));
    recogniseArray(name, reader);
  }
  if (first !== 0x7b) {
    recogniseText(name, head(bytes));
    reader.fail('this is no JSON');
  }
  const members = spansOf(reader, bytes, name);
  const top = { name, bytes, members, whole: null, streamed: null };
  if (reader.peek() !== -1) several(top, reader);
  return top;
}

/**
 * The same for a document that is read piece by piece; null where it is no ordinary plan, which `openDocument` then has a word for.
 * `plainly` throws what is wrong with a piece, as the whole document read at once would.
 */
export function openStreamed(source: Source, structure: Structure, path: string, plainly: () => never): TopLevel | null {
  const streamed = streamedOf(source, structure, printable(path, 300), plainly);
  if (streamed === null || ![...streamed.keys()].every((key) => ORDINARY.has(key))) return null;
  const rows = streamed.shapeOf(ROWS);
  const isPlan = typeof streamed.section('format_version') === 'string';
  if (!isPlan || (rows === null ? streamed.shapeOf('planned_values') === null : rows !== 'list')) return null;
  const members = new Map([...streamed.keys()].map(named));
  return { name: printable(path, 300), bytes: Buffer.alloc(0), members, whole: null, streamed };
}

const ROWS = 'resource_changes';
const NOWHERE: Span = { start: 0, end: 0 };

function named(key: string): [string, Span] {
  return [key, NOWHERE];
}

/** Whether a document is a plan by its keys; everything else is named from its bytes. */
function isOrdinary(whole: JsonObject): boolean {
  const { format_version: version, resource_changes: rows } = whole;
  return (
    typeof version === 'string' &&
    (rows === undefined ? 'planned_values' in whole : Array.isArray(rows)) &&
    Object.keys(whole).every((key) => ORDINARY.has(key))
  );
}

/** What Terraform and OpenTofu write at the top of a plan (plan-json.md 1). */
const ORDINARY = new Set([
  ...['format_version', 'terraform_version', 'variables', 'planned_values', 'resource_drift', 'resource_changes'],
  ...['deferred_changes', 'deferred_action_invocations', 'output_changes', 'action_invocations', 'prior_state'],
  ...['configuration', 'relevant_attributes', 'checks', 'timestamp', 'applyable', 'complete', 'errored'],
]);

function spansOf(reader: JsonReader, bytes: Buffer, name: string): Map<string, Span> {
  try {
    return reader.spans();
  } catch (error) {
    // A cut log line is still a log.
    if (error instanceof InlaneError && /^\s*\{\s*"@level"\s*:/.test(head(bytes))) streamed(name);
    throw error;
  }
}

/** Something follows the first document. */
function several(top: TopLevel, reader: JsonReader): never {
  if (top.members.has('@level')) streamed(top.name);
  recogniseTail(top.name, top.bytes.toString('latin1', reader.at, reader.at + 200));
  const next = reader.bytes[reader.at];
  if (next === 0x7b || next === 0x5b) {
    throw new InlaneError(
      'plan-unreadable',
      `\`${top.name}\` holds several JSON documents`,
      'gate each plan by itself: `inlane gate` takes several files',
    );
  }
  return reader.fail('something follows the JSON document');
}

function head(bytes: Buffer): string {
  return bytes.toString('utf8', 0, Math.min(bytes.length, HEAD));
}

/** Parses one member whole; undefined where it is absent. */
export function section(top: TopLevel, key: string): Json | undefined {
  if (top.streamed !== null) return top.streamed.section(key);
  if (top.whole !== null) return top.whole[key];
  const span = top.members.get(key);
  if (span === undefined) return undefined;
  const reader = new JsonReader(top.bytes, top.name, span.start, span.end);
  const value = reader.value();
  atEnd(reader);
  return value;
}

/** Parses a member that is an object, or absent or null (then undefined). */
export function objectSection(top: TopLevel, key: string): Json | undefined {
  const value = section(top, key);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) odd(top, key, 'no object');
  return value;
}

/** Checks a member that nobody reads: syntax and duplicate keys count in the whole file. */
export function checkSection(top: TopLevel, key: string): void {
  top.streamed?.check(key);
  if (top.streamed !== null || top.whole !== null) return;
  const span = top.members.get(key);
  if (span === undefined) return;
  const reader = new JsonReader(top.bytes, top.name, span.start, span.end);
  reader.check();
  atEnd(reader);
}

/** The elements of a list, parsed one at a time; absent and null are the empty list. */
export function elementsOf(top: TopLevel, key: string): Iterable<Json> {
  if (top.streamed !== null && key === ROWS) return top.streamed.rows;
  if (top.streamed !== null) {
    const list = top.streamed.section(key) ?? [];
    return Array.isArray(list) ? (list as readonly Json[]) : odd(top, key, 'no list');
  }
  if (top.whole === null) return parsedElements(top, key);
  const list = top.whole[key] ?? [];
  return Array.isArray(list) ? (list as readonly Json[]) : odd(top, key, 'no list');
}

function* parsedElements(top: TopLevel, key: string): Generator<Json> {
  const span = top.members.get(key);
  if (span === undefined) return;
  const reader = new JsonReader(top.bytes, top.name, span.start, span.end);
  if (reader.peek() !== 0x5b) {
    if (reader.value() !== null) odd(top, key, 'no list');
    return;
  }
  for (const _ of reader.elements()) yield reader.value();
  atEnd(reader);
}

function atEnd(reader: JsonReader): void {
  if (reader.peek() !== -1) reader.fail('brackets do not match');
}

function odd(top: TopLevel, key: string, what: string): never {
  throw new InlaneError(
    'plan-unreadable',
    `\`${key}\` in \`${top.name}\` is ${what}`,
    'give the whole output of `terraform show -json`, unchanged',
  );
}
