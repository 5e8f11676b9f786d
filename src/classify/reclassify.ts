import type { Fact } from '../logic/fact.ts';
import type { AttributeDefinition } from './attribute.ts';
import type { PlannedObject } from './object.ts';

/**
 * What of the classification differs, or may differ, between the two sides of a change (lanes.md 4): a declared attribute, a
 * class, or a tag that carries one; in words for people. Empty = a plain update.
 */
export function reclassified(before: PlannedObject, after: PlannedObject, attributes: Iterable<AttributeDefinition>): string[] {
  const differing: string[] = [];
  for (const definition of attributes) {
    // Most edits leave the tags alone: then no fact is made of them.
    if (carriesAlike(before, after, definition)) continue;
    const was = before.fact(definition.name);
    const is = after.fact(definition.name);
    const key = before.carrierKey(definition);
    if (!same(was, is)) differing.push(`${definition.name} ${change(was, is)}`);
    else if (key !== null && !sameReading(before, after, key)) differing.push(`tag ${key} differs or may differ`);
  }
  if (!sameClasses(before, after)) differing.push('class differs or may differ');
  return differing;
}

/**
 * Whether both sides carry the one tag that speaks for the attribute, with the same text from the same place: what it says is the same then,
 * and the tag that carries the attribute is, too.
 */
function carriesAlike(before: PlannedObject, after: PlannedObject, definition: AttributeDefinition): boolean {
  const { sources } = definition;
  const source = sources[0];
  if (sources.length !== 1 || source?.from !== 'tag' || !source.carrier || source.map !== null) return false;
  if (before.provider !== after.provider || before.driftValues !== null) return false;
  const key = before.carrierKey(definition);
  const was = key === null ? null : before.tagReading(key);
  const is = key === null ? null : after.tagReading(key);
  if (was?.state !== 'known' || is?.state !== 'known') return false;
  return was.value === is.value && (was.from === 'text') === (is.from === 'text');
}

/** `production -> development`, or that it cannot be told. */
function change(was: Fact, is: Fact): string {
  if (was.state.kind !== 'value' || is.state.kind !== 'value') return 'may differ';
  return `${String(was.state.value)} -> ${String(is.state.value)}`;
}

/** Silent on both sides, or the same sources with the same values, is no difference; anything else that is unknown may be one. */
function same(a: Fact, b: Fact): boolean {
  if (a.state.kind === 'value' && b.state.kind === 'value') return a.state.value === b.state.value;
  if (a.state.kind !== b.state.kind) return false;
  if (a.sources.length === 0 && b.sources.length === 0) return true;
  const told = (fact: Fact) => fact.sources.map((s) => `${s.from}\0${s.name}\0${s.value ?? '\0'}`).join('\n');
  const hidden = [...a.sources, ...b.sources].some((source) => source.value === null);
  return !hidden && told(a) === told(b);
}

function sameReading(before: PlannedObject, after: PlannedObject, key: string): boolean {
  const a = before.tagReading(key);
  const b = after.tagReading(key);
  if (a === null || b === null) return a === b;
  return a.state === 'known' && b.state === 'known' && a.value === b.value;
}

function sameClasses(before: PlannedObject, after: PlannedObject): boolean {
  const a = before.classes;
  const b = after.classes;
  if (a === b) return true;
  const names = (members: ReadonlyMap<string, true | 'unknown'>) => [...members.keys()].sort().join('\n');
  if (names(a.members) !== names(b.members)) return false;
  // An unknown membership on both sides of one type hangs on a fact; where that fact differs, it was found above.
  return (a.open === null) === (b.open === null);
}
