import { ExactNumber, isList, isObject, Sensitive, UNKNOWN, type Value } from '../plan/value.ts';
import { literalText } from './body.ts';
import { readCall, readObject } from './objects.ts';
import { scan } from './scan.ts';

/** What the text of an expression says. A map may be known in part: `open` names what keeps its other keys hidden. */
export type Reading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Reading>; readonly open: string | null }
  | { readonly kind: 'unknown'; readonly why: string };

/** What names stand for where an expression is written. */
export interface Scope {
  /** What `local.x`, `var.x`, `each.key` and the like are, without what follows; null = nothing that the text tells. */
  resolve(root: string, name: string): Promise<Reading | null>;
}

/** How deep expressions and names may lead into one another: each level is a call. */
export const DEEPEST = 30;

/** Literals, names that a scope knows, `merge` and `tomap` of such; everything else is unknown. `text` is the file, the rest offsets. */
export async function evaluate(text: string, from: number, to: number, scope: Scope, depth = 0): Promise<Reading> {
  const written = text.slice(from, to);
  const unknown: Reading = { kind: 'unknown', why: spelled(written) };
  if (depth > DEEPEST) return unknown;
  const tokens = scan(written).filter(({ kind }) => kind !== 'end' && kind !== 'newline');
  const [first] = tokens;
  if (first === undefined) return unknown;
  if (tokens.length === 1) {
    if (first.kind === 'string') return template(written, scope, unknown);
    if (first.kind === 'number' && /^(?:0|[1-9]\d{0,14})$/.test(written)) return { kind: 'text', text: written };
    if (/^(?:true|false)$/.test(written)) return { kind: 'text', text: written };
    return unknown;
  }
  const object = readObject(text, from, to);
  if (object !== null) return objectReading(text, object, scope, depth);
  const call = readCall(text, from, to);
  if (call !== null && !call.spread && (call.name === 'merge' || (call.name === 'tomap' && call.arguments.length === 1))) {
    const parts: Reading[] = [];
    for (const { start, end } of call.arguments) parts.push(await evaluate(text, start, end, scope, depth + 1));
    return call.name === 'merge' ? merged(parts) : (parts[0] as Reading);
  }
  return (await traversal(written, scope)) ?? unknown;
}

async function objectReading(
  text: string,
  object: NonNullable<ReturnType<typeof readObject>>,
  scope: Scope,
  depth: number,
): Promise<Reading> {
  const entries = new Map<string, Reading>();
  let open: string | null = null;
  for (const { key, start, end } of object.entries) {
    if (key === null) {
      // It may be any key, also one in front of it.
      open = spelled(text.slice(start, end).replace(/[=:].*$/s, ''));
      hide(entries, open);
      continue;
    }
    const sign = scan(text.slice(start, end))[1];
    if (sign === undefined) return { kind: 'unknown', why: 'an expression' };
    const valueStart = start + sign.end;
    const skipped = /^\s*/.exec(text.slice(valueStart, end))?.[0].length ?? 0;
    entries.set(key, await evaluate(text, valueStart + skipped, end, scope, depth + 1));
  }
  return { kind: 'map', entries, open };
}

/** What may be overridden is not known: not even that it is there, for null takes a tag away. */
function hide(entries: Map<string, Reading>, why: string): void {
  for (const key of entries.keys()) entries.set(key, { kind: 'unknown', why });
}

function merged(parts: readonly Reading[]): Reading {
  const entries = new Map<string, Reading>();
  let open: string | null = null;
  for (const part of parts) {
    const hidden = part.kind === 'map' ? part.open : part.kind === 'unknown' ? part.why : 'an expression';
    if (hidden !== null) {
      open = hidden;
      hide(entries, hidden);
    }
    if (part.kind === 'map') for (const [key, value] of part.entries) entries.set(key, value);
  }
  return { kind: 'map', entries, open };
}

/** A value of a tag has 256 characters at most; texts that are put together from texts grow without end. */
export const LONGEST = 4_096;

/** A quoted text whose interpolations are plain names. */
async function template(quoted: string, scope: Scope, unknown: Reading): Promise<Reading> {
  const literal = literalText(quoted);
  if (literal !== null) return { kind: 'text', text: literal };
  const parts = quoted.slice(1, -1).split(/(\$\{[^${}"]*\})/);
  let out = '';
  for (const part of parts) {
    const name = /^\$\{([^~]*)\}$/.exec(part)?.[1];
    if (name === undefined) {
      const own = literalText(`"${part}"`);
      if (own === null || /\$$/.test(own)) return unknown;
      out += own;
      continue;
    }
    const value = await traversal(name.trim(), scope);
    if (value?.kind !== 'text') return value?.kind === 'unknown' ? value : { kind: 'unknown', why: spelled(name.trim()) };
    out += value.text;
    if (out.length > LONGEST) return unknown;
  }
  return { kind: 'text', text: out };
}

const NAME = /^([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*|\["[^"\\$%]*"\])*)$/;

/** `var.x`, `local.tags.team`, `each.value["team"]`; null where it is something else. */
async function traversal(written: string, scope: Scope): Promise<Reading | null> {
  const found = NAME.exec(written);
  if (found === null) return null;
  const steps = [...(found[2] ?? '').matchAll(/\.([A-Za-z_][\w-]*)|\["([^"]*)"\]/g)].map(([, plain, key]) => plain ?? key ?? '');
  const [name, ...rest] = steps;
  if (name === undefined) return null;
  let at = await scope.resolve(found[1] as string, name);
  for (const step of rest) {
    if (at?.kind !== 'map') return at?.kind === 'unknown' ? at : null;
    at = at.entries.get(step) ?? { kind: 'unknown', why: at.open ?? written };
  }
  return at;
}

/** A value of the plan as text would say it. */
export function readingOf(value: Value, name: string): Reading {
  const unknown: Reading = { kind: 'unknown', why: name };
  if (value === null || value === UNKNOWN || value instanceof Sensitive || isList(value)) return unknown;
  if (value instanceof ExactNumber) return { kind: 'text', text: value.text };
  if (!isObject(value)) return { kind: 'text', text: String(value) };
  const entries = new Map(Object.entries(value).map(([key, inner]) => [key, readingOf(inner, `${name}.${key}`)] as const));
  return { kind: 'map', entries, open: null };
}

/** References are told; anything else may hold a value. */
function spelled(written: string): string {
  const plain = written.replace(/\s+/g, '').replace(/^\((.*)\)$/, '$1');
  return plain.length <= 120 && /^[A-Za-z_][\w.*-]*(?:\[[\w.]*\][\w.*-]*)*$/.test(plain) && plain.includes('.')
    ? plain
    : 'an expression';
}
