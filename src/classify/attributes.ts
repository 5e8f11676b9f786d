import type { Fact, FactSource, FactState } from '../logic/fact.ts';
import { matchGlob } from '../logic/glob.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../plan/value.ts';
import type { AttributeDefinition, AttributeSource, GlobMap } from './attribute.ts';

/** What one source says: silent (null), a value, or "something that cannot be known". */
export type Speech =
  | { readonly source: FactSource; readonly value: string }
  | { readonly source: FactSource; readonly why: string };

/** The raw readings an object offers to attribute sources. Null = silent. */
export interface Readings {
  plain(from: Exclude<AttributeSource['from'], 'variable' | 'attr' | 'tag'>): readonly Reading[];
  variable(name: string): Reading | null;
  attr(source: AttributeSource & { from: 'attr' }): readonly Reading[];
  tag(source: AttributeSource & { from: 'tag' }, definition: AttributeDefinition): readonly Reading[];
}

/** A raw value before the glob map; `why` set = it speaks and is unknown. */
export interface Reading {
  readonly name: string | null;
  readonly value: string | null;
  readonly why: string | null;
  /** Set when it comes from elsewhere than the source's own kind: drift, parent, text. */
  readonly from?: string | undefined;
}

/** All sources of an attribute that speak about an object, glob maps applied. */
export function speak(definition: AttributeDefinition, readings: Readings): Speech[] {
  const { sources } = definition;
  const speeches: Speech[] = [];
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at] as AttributeSource;
    const raw = rawReadings(source, definition, readings);
    for (let i = 0; i < raw.length; i += 1) {
      const speech = speechOf(raw[i] as Reading, source, definition);
      if (speech !== null) speeches.push(speech);
    }
  }
  return speeches;
}

/** Null where the map of the source has no line for what was read. */
function speechOf(reading: Reading, source: AttributeSource, definition: AttributeDefinition): Speech | null {
  const from = reading.from ?? source.from;
  const { name } = reading;
  if (reading.why !== null || reading.value === null) {
    return { source: { from, name, value: null }, why: reading.why ?? 'unknown' };
  }
  const value = source.map === null ? reading.value : firstLine(source.map, reading.value);
  if (value === null) return null;
  const allowed = definition.values === null ? value : definition.values.get(value);
  const told = { from, name, value: reading.value };
  return allowed === undefined
    ? { source: told, why: `\`${value}\` is not a value of ${definition.name}` }
    : { source: told, value: allowed };
}

function rawReadings(source: AttributeSource, definition: AttributeDefinition, readings: Readings): readonly Reading[] {
  switch (source.from) {
    case 'variable': {
      const reading = readings.variable(source.name);
      return reading === null ? SILENT : [reading];
    }
    case 'attr':
      return readings.attr(source);
    case 'tag':
      return readings.tag(source, definition);
    default:
      return readings.plain(source.from);
  }
}

const SILENT: readonly Reading[] = [];

function firstLine(map: GlobMap, value: string): string | null {
  for (const [glob, mapped] of map) if (matchGlob(glob, value)) return mapped;
  return null;
}

/** Every source that speaks must agree; none speaking, one speaking unknown, or two that differ = unknown (lanes.md 4). */
export function settle(key: string, speeches: readonly Speech[]): Fact {
  const first = speeches[0];
  if (first === undefined) return { key, state: { kind: 'unknown', why: 'no source speaks', path: null }, sources: [] };
  if (speeches.length === 1 && 'value' in first)
    return { key, state: { kind: 'value', value: first.value }, sources: [first.source] };
  const sources = speeches.map((speech) => speech.source);
  const mute = speeches.find((speech) => 'why' in speech);
  if (mute && 'why' in mute) {
    return { key, state: { kind: 'unknown', why: `${sourceText(mute.source)}: ${mute.why}`, path: mute.source.name }, sources };
  }
  const value = saidBy(first);
  if (speeches.some((speech) => saidBy(speech) !== value)) {
    const told = speeches.map((s) => `${sourceText(s.source)} says ${'value' in s ? s.value : '?'}`).join(', ');
    return { key, state: { kind: 'unknown', why: `sources disagree: ${told}`, path: null }, sources };
  }
  return { key, state: { kind: 'value', value }, sources };
}

function saidBy(speech: Speech): string {
  return 'value' in speech ? speech.value : '';
}

export function sourceText(source: FactSource): string {
  return source.name === null ? source.from : `${source.from} ${source.name}`;
}

/** A plan value as an attribute source reads it: strings, numbers and booleans by their text, null silent, the rest unknown. */
export function readingOf(name: string | null, state: FactState, from?: string): Reading[] {
  const tell = (value: string | null, why: string | null): Reading => ({ name, value, why, ...(from ? { from } : {}) });
  switch (state.kind) {
    case 'absent':
      return [];
    case 'unknown':
      return [tell(null, state.why)];
    case 'members':
      return [
        ...[...state.members.keys()].flatMap((value) => valueReading(value, tell)),
        ...(state.open === null ? [] : [tell(null, state.open)]),
      ];
    case 'value':
      return valueReading(state.value, tell);
  }
}

function valueReading(value: Value, tell: (value: string | null, why: string | null) => Reading): Reading[] {
  if (value === null) return [];
  if (value === UNKNOWN) return [tell(null, 'known only after apply')];
  if (value instanceof Sensitive) return [tell(null, 'sensitive')];
  if (value instanceof ExactNumber) return [tell(value.text, null)];
  if (typeof value === 'object') return [tell(null, 'not a plain value')];
  return [tell(String(value), null)];
}
