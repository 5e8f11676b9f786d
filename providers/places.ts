import { parsePattern } from '../src/logic/path.ts';
import type { ConfigExpression, ProviderBlock } from '../src/plan/model.ts';
import { isList, isObject, member, type ObjectValue, Sensitive, UNKNOWN, type Unknown, type Value } from '../src/plan/value.ts';
import type { CatalogRow, PlaceReading } from './provider.ts';

/** Where an object lives, as an attribute says it: text, null where it speaks but cannot be read, undefined where it is silent. */
export type Said = string | null | undefined;

/** The value at a literal path (`metadata.0.namespace`); a block that is one object is its own element 0. */
export function valueAt(values: ObjectValue | Unknown | null, path: string): Value | undefined {
  let node: Value | undefined = values === null ? undefined : values;
  for (const step of parsePattern(path).steps) {
    if (node === UNKNOWN || node instanceof Sensitive || node === undefined || node === null) return node;
    const key = String(step);
    if (isList(node)) node = node[Number(key)];
    else if (!isObject(node)) return undefined;
    else if (key !== '0' || member(node, '0') !== undefined) node = member(node, key);
  }
  return node;
}

export function said(values: ObjectValue | Unknown | null, path: string): Said {
  const value = values === UNKNOWN ? undefined : valueAt(values, path);
  if (value === UNKNOWN || value instanceof Sensitive) return null;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Text that is known, for computed attributes (ids, ARNs) that say nothing before they exist. */
export function known(values: ObjectValue | Unknown | null, path: string): string | undefined {
  return said(values, path) ?? undefined;
}

export function planReading(name: string, value: Said): PlaceReading[] {
  return value === undefined ? [] : [{ from: 'plan', name, value }];
}

/** An argument of the provider block. References that the door did not resolve speak, and are unknown. */
export function providerReading(block: ProviderBlock | null, argument: string): PlaceReading[] {
  const expression = block?.expressions.get(argument);
  const value = expression === undefined ? undefined : textOf(expression);
  return value === undefined ? [] : [{ from: 'configuration', name: `provider ${block?.key ?? ''} ${argument}`, value }];
}

function textOf(expression: ConfigExpression): Said {
  if (expression.kind === 'constant') {
    if (expression.value === null) return undefined;
    return typeof expression.value === 'string' ? expression.value || undefined : null;
  }
  return null;
}

/** Readings that are equal in value and source once. */
export function distinct(readings: readonly PlaceReading[]): PlaceReading[] {
  const seen = new Set<string>();
  return readings.filter((reading) => {
    const key = `${reading.from}\n${reading.name}\n${reading.value}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The namespace of an object whose catalog entry says where it stands; null where it says nothing. */
export function catalogNamespace(values: ObjectValue | Unknown | null, row: CatalogRow | null): PlaceReading | null {
  const path = row?.place?.namespace;
  return path === undefined ? null : (planReading(path, said(values, path))[0] ?? null);
}
