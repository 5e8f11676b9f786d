import { isAnyStep, isAnySteps, parsePattern } from '../src/logic/path.ts';
import {
  ExactNumber,
  isList,
  isObject,
  type ListValue,
  member,
  type ObjectValue,
  Sensitive,
  UNKNOWN,
  type Unknown,
  type Value,
} from '../src/plan/value.ts';
import type { Carrier, OpenTags, TagInput, TagReading, WrittenMap } from './provider.ts';

/** What one carrier of one side holds. `present`: the schema has it, set or not. */
export interface CarrierReading {
  readonly path: string;
  readonly present: boolean;
  readonly entries: ReadonlyMap<string, TagReading>;
  readonly open: OpenTags | null;
  /** Hidden because it is sensitive, which an unmasked mirror of it must not undo. */
  readonly sensitive: boolean;
}

const LATER = 'known only after apply';
const SECRET = 'sensitive';

export function nothing(path: string, present: boolean): CarrierReading {
  return { path, present, entries: new Map(), open: null, sensitive: false };
}

export function hidden(path: string, value: Unknown | Sensitive): CarrierReading {
  const secret = value instanceof Sensitive;
  return {
    path,
    present: true,
    entries: new Map(),
    open: { why: `\`${path}\` is ${secret ? SECRET : LATER}`, path },
    sensitive: secret,
  };
}

/** A map of key to value; null, `{}` and `[]` are untagged, a list is no map of tags. `undefined` = the schema has no such attribute. */
export function readMap(value: Value | undefined, path: string, from: string): CarrierReading {
  if (value === undefined) return nothing(path, false);
  if (value === UNKNOWN || value instanceof Sensitive) return hidden(path, value);
  if (value === null) return nothing(path, true);
  if (!isObject(value)) return nothing(path, isList(value) && value.length === 0);
  const entries = new Map<string, TagReading>();
  const keys = Object.keys(value);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    const reading = readValue(value[key] as Value, path, key, from);
    if (reading !== null) entries.set(key, reading);
  }
  return { path, present: true, entries, open: null, sensitive: false };
}

/** A map of the after side; where the plan hides all of it, what the configuration's text says. */
export function readPlanned(values: ObjectValue, name: string, from: string, written: TagInput['written']): CarrierReading {
  return readPlannedMap(member(values, name), name, from, written);
}

function readPlannedMap(value: Value | undefined, path: string, from: string, written: TagInput['written']): CarrierReading {
  const text = value === UNKNOWN ? written?.get(path) : undefined;
  return text === undefined ? readMap(value, path, from) : readWritten(text, path);
}

/** What the text says of a map. */
export function readWritten(text: WrittenMap, name: string): CarrierReading {
  const entries = new Map<string, TagReading>();
  for (const [key, entry] of text.entries) {
    const path = `${name}.${key}`;
    const unknown = () => `\`${path}\` is made of ${madeOf('why' in entry ? entry.why : '')}`;
    entries.set(
      key,
      'value' in entry
        ? { state: 'known', value: entry.value, from: 'text' }
        : { state: 'unknown', why: unknown(), path, from: 'text' },
    );
  }
  const open = text.open === null ? null : { why: `other keys of \`${name}\` come from ${madeOf(text.open)}`, path: name };
  return { path: name, present: true, entries, open, sensitive: false };
}

function madeOf(expression: string): string {
  return expression === 'an expression'
    ? 'an expression that is known only after apply'
    : `\`${expression}\`, which is known only after apply`;
}

/** Null values never stand in a map of tags; booleans and numbers are stored as their text. */
function readValue(value: Value, above: string, key: string, from: string): TagReading | null {
  if (value === null) return null;
  if (typeof value === 'string') return { state: 'known', value, from };
  if (typeof value === 'boolean' || typeof value === 'number') return { state: 'known', value: String(value), from };
  if (value instanceof ExactNumber) return { state: 'known', value: value.text, from };
  const path = `${above}.${key}`;
  const why = value === UNKNOWN ? LATER : value instanceof Sensitive ? SECRET : 'not a plain value';
  return { state: 'unknown', why: `\`${path}\` is ${why}`, path, from };
}

/** Blocks of `key` and `value` (`name` and `value` on Snowflake). */
export function readBlocks(value: Value | undefined, path: string, from: string): CarrierReading {
  return readItems(value, path, (item, at) => {
    const key = member(item, 'key') ?? member(item, 'name') ?? null;
    if (key === UNKNOWN || key instanceof Sensitive) return 'hidden';
    if (typeof key !== 'string') return null;
    return [key, readValue(member(item, 'value') ?? null, at, 'value', from)];
  });
}

/** `k:v` strings, split at the first colon. A string without a colon has no key. */
export function readStrings(value: Value | undefined, path: string, from: string): CarrierReading {
  return readItems(value, path, (item) => {
    if (typeof item !== 'string') return null;
    const colon = item.indexOf(':');
    return colon < 0 ? null : [item.slice(0, colon), { state: 'known', value: item.slice(colon + 1), from }];
  });
}

type ItemReader = (item: Value, path: string) => readonly [key: string, reading: TagReading | null] | 'hidden' | null;

function readItems(value: Value | undefined, path: string, read: ItemReader): CarrierReading {
  if (value === undefined) return nothing(path, false);
  if (value === UNKNOWN || value instanceof Sensitive) return hidden(path, value);
  if (!isList(value)) return nothing(path, value === null);
  const parts = value.map((item, index): CarrierReading => {
    const at = `${path}.${index}`;
    if (item === UNKNOWN || item instanceof Sensitive) return hidden(at, item);
    const pair = read(item, at);
    if (pair === 'hidden') return hidden(at, UNKNOWN);
    const entries = new Map(pair === null || pair[1] === null ? [] : [[pair[0], pair[1]] as const]);
    return { path: at, present: true, entries, open: null, sensitive: false };
  });
  const merged = mergeCarriers(parts, (key) => key, false);
  return { path, present: true, ...merged, sensitive: parts.some((part) => part.sensitive) };
}

/**
 * Carriers of one object together. They must agree: two that differ, or one that may hold another value, make the key unknown,
 * since a grant may hang on either. `strict` false: an item that cannot be seen hides only the keys that are not listed.
 */
export function mergeCarriers(
  readings: readonly CarrierReading[],
  fold: (key: string) => string,
  strict = true,
): { entries: Map<string, TagReading>; open: OpenTags | null } {
  const entries = new Map<string, TagReading>();
  const said = new Map<string, CarrierReading>();
  const openReading = readings.find((reading) => reading.open !== null) ?? null;
  for (const reading of readings) {
    for (const [spelled, tag] of reading.entries) {
      const key = fold(spelled);
      const other = entries.get(key);
      entries.set(key, other === undefined ? tag : agree(key, other, tag));
      said.set(key, reading);
    }
  }
  if (openReading?.open && strict) {
    const { why, path } = openReading.open;
    for (const [key, tag] of entries) {
      if (tag.state === 'known' && said.get(key) !== openReading)
        entries.set(key, { state: 'unknown', why, path, from: tag.from });
    }
  }
  return { entries, open: openReading?.open ?? null };
}

function agree(key: string, a: TagReading, b: TagReading): TagReading {
  if (a.state === 'unknown') return a;
  if (b.state === 'unknown') return b;
  if (a.value === b.value) return a;
  return {
    state: 'unknown',
    why: `\`${key}\` has two values, \`${a.value}\` (${a.from}) and \`${b.value}\` (${b.from})`,
    path: null,
    from: a.from,
  };
}

/** The nodes a carrier's path leads to. A block that is one object instead of a list is its own element 0. */
export function readCarrier(values: ObjectValue, carrier: Carrier, written?: TagInput['written']): CarrierReading[] {
  const steps = parsePattern(carrier.path).steps;
  let nodes: { value: Value | undefined; path: string }[] = [{ value: values, path: '' }];
  const found: CarrierReading[] = [];
  for (const step of steps) {
    const next: typeof nodes = [];
    for (const { value, path } of nodes) {
      const below = (key: string) => (path === '' ? key : `${path}.${key}`);
      if (value === UNKNOWN || value instanceof Sensitive) found.push(hidden(path, value));
      else if (isList(value)) {
        if (value.length === 0) found.push(nothing(path, true));
        for (const [key, item] of elements(value, step)) next.push({ value: item, path: below(key) });
      } else if (isObject(value)) {
        if (isAnyStep(step) || isAnySteps(step) || (step === '0' && member(value, '0') === undefined)) next.push({ value, path });
        else next.push({ value: member(value, String(step)), path: below(String(step)) });
      } else found.push(nothing(path, value === null));
    }
    nodes = next;
  }
  for (const { value, path } of nodes) found.push(readShape(carrier.shape, value, path, written));
  return found.filter((reading) => reading.present);
}

function elements(list: ListValue, step: unknown): (readonly [string, Value])[] {
  const all = list.map((item, index) => [String(index), item] as const);
  return isAnyStep(step) || isAnySteps(step) ? all : all.filter(([index]) => index === step);
}

function readShape(
  shape: Carrier['shape'],
  value: Value | undefined,
  path: string,
  written: TagInput['written'],
): CarrierReading {
  const from = `carrier ${path}`;
  switch (shape) {
    case 'map':
      return readPlannedMap(value, path, from, written);
    case 'blocks':
      return readBlocks(value, path, from);
    case 'strings':
      return readStrings(value, path, from);
  }
}
