import type { Fact } from '../logic/fact.ts';
import type { AttributeDefinition } from './attribute.ts';
import type { PlannedObject } from './object.ts';

/**
 * What of the classification differs, or may differ, between the two sides of a change (lanes.md 4): a declared attribute, a
 * class, or a tag that carries one. Empty = a plain update.
 */
export function reclassified(before: PlannedObject, after: PlannedObject, attributes: Iterable<AttributeDefinition>): string[] {
  const differing: string[] = [];
  for (const definition of attributes) {
    if (!same(before.fact(definition.name), after.fact(definition.name))) differing.push(definition.name);
    const key = before.carrierKey(definition);
    if (key !== null && !sameReading(before, after, key)) differing.push(`tag ${key}`);
  }
  if (!sameClasses(before, after)) differing.push('class');
  return differing;
}

/** Silent on both sides, or the same sources with the same values, is no difference; anything else that is unknown may be one. */
function same(a: Fact, b: Fact): boolean {
  if (a.state.kind === 'value' && b.state.kind === 'value') return a.state.value === b.state.value;
  if (a.state.kind !== b.state.kind) return false;
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
  const [a, b] = [before.classes, after.classes];
  const names = (members: ReadonlyMap<string, true | 'unknown'>) => [...members.keys()].sort().join('\n');
  if (names(a.members) !== names(b.members)) return false;
  // An unknown membership on both sides of one type hangs on a fact; where that fact differs, it was found above.
  return (a.open === null) === (b.open === null);
}
