import type { CatalogRow, Provider } from '../../providers/provider.ts';
import { parsePattern } from '../logic/path.ts';
import type { ConfigExpression, ResourceChange } from '../plan/model.ts';
import { isList, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { mentions } from '../plan/words.ts';
import { objectKey, withoutKeys } from './address.ts';
import { lookup } from './lookup.ts';
import type { PlanIndex } from './plan-index.ts';

type CatalogOf = (row: ResourceChange) => { readonly row: CatalogRow | null; readonly provider: Provider };

/** Attributes whose value names the whole object wherever it stands. */
const GLOBAL_NAMES = ['arn', 'self_link', 'id', 'unique_id', 'resource_id', 'urn', 'fully_qualified_name'];

/** What an attribute refers to. */
export interface Referred {
  /** Several for one value = it cannot be told which. */
  readonly rows: readonly ResourceChange[];
  /** Some value refers to an object that is neither in this plan nor in its state, or that cannot be told. */
  readonly missing: boolean;
}

/**
 * The rows whose object an attribute of `row` refers to: by reference in configuration, or by value in state (lanes.md 2,
 * "parent"). A list refers to one object per element.
 */
export function referredRows(
  row: ResourceChange,
  attribute: string,
  side: 'before' | 'after',
  index: PlanIndex,
  catalogOf: CatalogOf,
): Referred {
  const texts = valuesAt(side === 'before' ? row.before : row.after, attribute);
  const configured = side === 'after' || row.before === null || row.after !== null;
  const byReference = configured ? rowsByReference(row, attribute, index) : [];
  if (byReference.length === 1 && texts.length <= 1) return { rows: byReference, missing: false };
  const among = byReference.length > 0 ? byReference : null;
  const found = texts.map((text) => (text === null ? [] : rowsByValue(row, text, among, attribute, index, catalogOf)));
  const rows = [...new Set(found.flat())];
  if (rows.length === 0) return { rows: byReference, missing: byReference.length === 0 };
  return { rows, missing: found.some((of) => of.length === 0) };
}

/** The texts at an attribute: one, or those of a list; null for one that is not known. */
function valuesAt(values: ObjectValue | Unknown | null, attribute: string): (string | null)[] {
  if (values === null || values === UNKNOWN) return [];
  const state = lookup(values, parsePattern(attribute));
  if (state.kind === 'value') return isList(state.value) ? state.value.map(textOf) : [textOf(state.value)];
  if (state.kind === 'members') return [...[...state.members.keys()].map(textOf), ...(state.open === null ? [] : [null])];
  return [];
}

/** The one text at an attribute, or null. */
function singleValue(values: ObjectValue | Unknown | null, attribute: string): string | null {
  const texts = valuesAt(values, attribute);
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

function textOf(value: Value): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function rowsByReference(row: ResourceChange, attribute: string, index: PlanIndex): ResourceChange[] {
  const expression = row.block
    ? expressionAt(row.block.expressions.get(attribute.split('.')[0] ?? ''), attribute.split('.').slice(1))
    : null;
  if (expression?.kind !== 'references') return [];
  const blocks = new Set(expression.targets.map((target) => target.block));
  const rows = [...blocks]
    .flatMap((block) => index.byBlock.get(block) ?? [])
    .filter((r) => r.mode === 'managed' && r.deposed === null && r !== row);
  return closestInstances(row, rows);
}

/** The expression below a nested block: `metadata.0.namespace` looks into the first `metadata` block. */
function expressionAt(expression: ConfigExpression | undefined, rest: readonly string[]): ConfigExpression | null {
  let at = expression;
  let i = 0;
  while (at && i < rest.length) {
    if (at.kind !== 'blocks') return at;
    const step = rest[i] as string;
    const number = Number(step);
    const block: ReadonlyMap<string, ConfigExpression> | undefined = at.blocks[Number.isInteger(number) ? number : 0];
    i += Number.isInteger(number) || step === '*' ? 1 : 0;
    if (i >= rest.length) break;
    at = block?.get(rest[i] as string);
    i += 1;
  }
  return at ?? null;
}

/** Of several instances of a referred block, those in the same module instance, then those with the same key. */
function closestInstances(row: ResourceChange, rows: readonly ResourceChange[]): ResourceChange[] {
  if (rows.length <= 1) return [...rows];
  const longest = Math.max(...rows.map((r) => sharedModule(row.moduleAddress, r.moduleAddress)));
  const near = rows.filter((r) => sharedModule(row.moduleAddress, r.moduleAddress) === longest);
  if (near.length <= 1) return near;
  const sameKey = near.filter((r) => r.key !== null && r.key === row.key);
  return sameKey.length > 0 ? sameKey : near;
}

function sharedModule(a: string | null, b: string | null): number {
  if (a === null || b === null) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i += 1;
  return i;
}

/** Rows that own the value: equal to their id, ARN or self link; or naming them in an attribute that the catalog says refers to their type; or holding their name where prior state says they depend. */
function rowsByValue(
  row: ResourceChange,
  text: string,
  among: readonly ResourceChange[] | null,
  attribute: string,
  index: PlanIndex,
  catalogOf: CatalogOf,
): ResourceChange[] {
  const candidates = (among ?? index.objects).filter((r) => r.mode === 'managed' && r.deposed === null && r !== row);
  const exact = candidates.filter(
    (r) => GLOBAL_NAMES.some((name) => globalName(r, name) === text) || isNamedBy(text, r, catalogOf),
  );
  if (exact.length > 0) return exact;
  const types = new Set((catalogOf(row).row?.refers ?? []).filter((r) => r.attribute === attribute).map((r) => r.type));
  const named = candidates.filter((r) => (among !== null || types.has(r.type)) && namesOf(r, catalogOf(r).row).includes(text));
  if (named.length > 0) return named;
  const depends = new Set(index.prior.get(objectKey(row.address, row.deposed))?.dependsOn ?? []);
  return candidates.filter(
    (r) =>
      (among !== null || depends.has(withoutKeys(r.address))) &&
      namesOf(r, catalogOf(r).row).some((name) => mentions(text, name)),
  );
}

/** Full resource names (`//sqladmin.googleapis.com/...`) are the provider's to read. */
function isNamedBy(text: string, row: ResourceChange, catalogOf: CatalogOf): boolean {
  const { provider } = catalogOf(row);
  const sides: readonly (ObjectValue | Unknown | null)[] = [row.before, row.after];
  return sides.some((values) => values !== null && values !== UNKNOWN && provider.isNamedBy?.(text, row.type, values) === true);
}

function globalName(row: ResourceChange, name: string): string | null {
  const before = row.before === null ? null : textOf(row.before[name] ?? null);
  if (before !== null) return before;
  return row.after === null || row.after === UNKNOWN ? null : textOf((row.after as ObjectValue)[name] ?? null);
}

/** The names an object goes by: its catalog identity, on either side. */
export function namesOf(row: ResourceChange, catalog: CatalogRow | null): string[] {
  const names = new Set<string>();
  for (const attribute of catalog?.identity ?? []) {
    for (const values of [row.before, row.after] as readonly (ObjectValue | Unknown | null)[]) {
      const text = values === null ? null : singleValue(values, attribute);
      if (text !== null) names.add(text);
    }
  }
  return [...names];
}
