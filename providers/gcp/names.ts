import type { ObjectValue } from '../../src/plan/value.ts';
import { known } from '../places.ts';
import type { FullNames, TagNames } from '../provider.ts';

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['google_tags_tag_key', 'tagKeys/'],
  ['google_tags_tag_value', 'tagValues/'],
]);

/** Ids of tag keys and values, with the namespaced name that the state of their resource or data source holds. */
export const tagNames: TagNames = { types: new Set(PREFIXES.keys()), of: namesIn };

function namesIn(type: string, values: ObjectValue): (readonly [string, string])[] {
  const prefix = PREFIXES.get(type);
  const name = known(values, 'namespaced_name');
  if (prefix === undefined || name === undefined) return [];
  const ids = new Set<string>();
  for (const attribute of ['id', 'name']) {
    const id = known(values, attribute);
    if (id !== undefined) ids.add(id.startsWith(prefix) ? id : `${prefix}${id}`);
  }
  return [...ids].map((id) => [id, name] as const);
}

/** Full resource names end in the name or numeric id of their object. */
export const fullNames: FullNames = { keyOf, keysOf, isNamedBy };

function keyOf(text: string): string | null {
  return text.startsWith('//') ? lastSegment(text) : null;
}

function keysOf(_type: string, values: ObjectValue): readonly string[] {
  const names = NAMES.map((attribute) => known(values, attribute)).filter((name) => name !== undefined);
  return [...new Set(names.map(lastSegment))];
}

/**
 * Whether `//sqladmin.googleapis.com/projects/481516234200/instances/orders` means the object: its service and collection fit the
 * type, and its last segment is the object's name or numeric id. Project numbers cannot be compared with ids.
 */
function isNamedBy(text: string, type: string, values: ObjectValue): boolean {
  if (!text.startsWith('//')) return false;
  const segments = text.slice(2).split('/');
  const host = (segments[0] ?? '').split('.')[0] ?? '';
  const collection = segments[segments.length - 2] ?? '';
  const words = type.split('_').slice(1);
  const joined = words.join('');
  const service =
    host === 'cloudresourcemanager' || joined.includes(host) || words.some((word) => word.length > 2 && host.includes(word));
  if (!service || !joined.endsWith(singular(collection).toLowerCase())) return false;
  return keysOf(type, values).includes(lastSegment(text));
}

function lastSegment(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

const NAMES = [
  'name',
  'id',
  'instance_id',
  'numeric_id',
  'generated_id',
  'number',
  'project_id',
  'folder_id',
  'secret_id',
  'dataset_id',
  'network_id',
  'disk_id',
  'unique_id',
];

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
