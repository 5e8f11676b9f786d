import { readTag, taggableFor } from '../../providers/effective.ts';
import type { Taggable, TagReading } from '../../providers/provider.ts';
import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange, ObjectView } from '../classify/model.ts';
import type { Kleene } from '../logic/kleene.ts';

/** The tag key that carries an attribute under the row's provider, folded as the cloud folds; null = no carrier there. */
export function carrierKey(row: ClassifiedChange, attribute: AttributeDefinition): string | null {
  const carrier = row.provider.carrier;
  const key = carrier === null ? undefined : attribute.carriers?.get(carrier);
  return key === undefined ? null : row.provider.foldKey(key);
}

/** Every key that carries one of the attributes in some cloud, spelled as that cloud's provider folds it (Azure folds case). */
export function carrierKeys(attributes: readonly AttributeDefinition[]): ReadonlySet<string> {
  const keys = attributes.flatMap(({ carriers }) =>
    [...(carriers ?? [])].map(([carrier, key]) => (carrier === 'azurerm' ? key.toLowerCase() : key)),
  );
  return new Set(keys);
}

/**
 * What one side says of a key, stand-alone tag resources included; null = absent for certain. The fact knows about those
 * resources, the effective tags about what a provider hides per kind of key; what either cannot see is unknown.
 */
export function tagReading(view: ObjectView, key: string): TagReading | null {
  const own = readTag(view.tags, key);
  if (own?.state === 'known') return own;
  const fact = view.fact(`tag.${key}`);
  const from = fact.sources[0]?.from ?? 'tag';
  switch (fact.state.kind) {
    case 'value':
      return typeof fact.state.value === 'string' ? { state: 'known', value: fact.state.value, from } : own;
    case 'unknown':
      return own ?? { state: 'unknown', why: fact.state.why, path: fact.state.path, from };
    default:
      return own;
  }
}

/** Whether the object can carry the key; a stand-alone tag resource that is there already proves that it can. */
export function carries(view: ObjectView, key: string): Taggable {
  const taggable = taggableFor(view.tags, key);
  return taggable === 'no' && view.tags.tags.has(key) ? 'companion' : taggable;
}

/** Whether the tag is required of this row at all, by class. A class that may hold requires it as far as can be told. */
export function requiredOf(row: ClassifiedChange, view: ObjectView, attribute: AttributeDefinition): Kleene {
  const classes = attribute.required?.classes;
  if (classes === undefined) return false;
  if (classes === null || classes.some((name) => row.classes.includes(name))) return true;
  const { state } = view.fact('class');
  if (state.kind === 'unknown') return 'unknown';
  if (state.kind !== 'members') return false;
  if (classes.some((name) => state.members.get(name) === true)) return true;
  return state.open !== null || classes.some((name) => state.members.has(name)) ? 'unknown' : false;
}

/** The value that a spelling stands for, aliases included; null = outside the closed list. */
export function canonical(attribute: AttributeDefinition, spelled: string): string | null {
  return attribute.values === null ? spelled : (attribute.values.get(spelled) ?? null);
}

/** The closed list in words, each value once. */
export function valueList(attribute: AttributeDefinition): string {
  return [...new Set(attribute.values?.values() ?? [])].join(', ');
}
