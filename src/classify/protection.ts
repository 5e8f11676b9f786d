import type { CatalogRow, Protection } from '../../providers/provider.ts';
import type { Kleene } from '../logic/kleene.ts';
import { parsePattern } from '../logic/path.ts';
import type { PlanFile, ResourceChange } from '../plan/model.ts';
import { ExactNumber, isList, type ObjectValue, Sensitive, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { lookup } from './lookup.ts';

/** A protection that an update weakens (lanes.md 4, "arming"). */
export interface Weakening {
  readonly attribute: string;
  /** `true -> false`, for people. */
  readonly text: string;
  /** Towards a value that abandons the object: a forget instead of a destroy; unknown = it may be either. */
  readonly forgets: Kleene;
}

/** Protections of `row` that stand before and are off, shorter or unknown after. */
export function weakenings(change: ResourceChange, row: CatalogRow | null): readonly Weakening[] {
  const protections = row?.protects ?? [];
  // Most types have none: then the values are not read.
  if (protections.length === 0) return [];
  const { before, after } = change;
  if (before === null || after === null) return [];
  return protections.flatMap((protection) => {
    const was = settingOf(before, protection);
    const becomes = after === UNKNOWN ? UNKNOWN : settingOf(after, protection);
    if (!weaker(protection, was, becomes)) return [];
    const open = becomes === UNKNOWN || becomes instanceof Sensitive;
    const forgets = protection.forgets !== undefined && (open ? 'unknown' : becomes === protection.forgets);
    return [{ attribute: protection.attribute, text: `${show(was)} -> ${show(becomes)}`, forgets }];
  });
}

function settingOf(values: ObjectValue | Unknown, protection: Protection): Value {
  const state = lookup(values, parsePattern(protection.attribute));
  if (state.kind === 'unknown') return UNKNOWN;
  if (state.kind === 'members') return state.open !== null ? UNKNOWN : weakestOf(protection, [...state.members.keys()]);
  const value = state.kind === 'value' ? state.value : null;
  return value === null ? (protection.default ?? null) : value;
}

/** A path with wildcards holds several values: the weakest of them counts. */
function weakestOf(protection: Protection, values: readonly Value[]): Value {
  if (values.length === 0) return protection.default ?? null;
  return [...values].sort((a, b) => strength(protection, a) - strength(protection, b))[0] ?? null;
}

/** How strongly a value protects; 0 = not at all. */
function strength(protection: Protection, value: Value): number {
  const safe = protection.safe;
  if (value === null || value === UNKNOWN || value instanceof Sensitive) return 0;
  if (typeof safe === 'number')
    return typeof value === 'number' ? Math.max(value, 0) : value instanceof ExactNumber ? Number.MAX_VALUE : 0;
  if (isList(safe)) {
    const at = safe.indexOf(value);
    return at < 0 ? 0 : safe.length - at;
  }
  return value === safe ? 1 : 0;
}

function weaker(protection: Protection, was: Value, becomes: Value): boolean {
  if (was === UNKNOWN || was instanceof Sensitive)
    return !(becomes === UNKNOWN ? false : strength(protection, becomes) > 0 && typeof protection.safe !== 'number');
  const before = strength(protection, was);
  if (becomes === UNKNOWN || becomes instanceof Sensitive)
    return before > 0 || (protection.forgets !== undefined && was !== protection.forgets);
  if (protection.forgets !== undefined && becomes === protection.forgets && was !== becomes) return true;
  return strength(protection, becomes) < before;
}

function show(value: Value): string {
  if (value === UNKNOWN) return '(known after apply)';
  if (value instanceof Sensitive) return '(sensitive)';
  if (value instanceof ExactNumber) return value.text;
  return value === null ? 'not set' : typeof value === 'object' ? '(a block)' : String(value);
}

/**
 * Whether a planned delete keeps the object: a provider setting that abandons it, or a type whose destroy only forgets
 * (tags.md 2; classes.md `abandon`, `destroy`).
 */
export function abandons(change: ResourceChange, row: CatalogRow | null, plan: PlanFile): string | null {
  if (row?.destroy === 'forgets') return `destroying a \`${change.type}\` only drops it from state`;
  if (change.before === null) return null;
  for (const setting of row?.abandon ?? []) {
    const state = lookup(change.before, parsePattern(setting.attribute));
    const own = state.kind === 'value' ? state.value : null;
    if (own === setting.value) return `${setting.attribute} = ${show(own)}`;
    if (own === null && setting.provider_default) {
      const inherited = providerSettings(change, setting.attribute, plan);
      if (inherited.includes(setting.value)) return `the provider's ${setting.attribute} = ${show(setting.value)}`;
    }
  }
  return null;
}

/** What the row's provider block says; of a row whose block is gone, what any block of that provider says. */
function providerSettings(change: ResourceChange, attribute: string, plan: PlanFile): readonly Value[] {
  const own = change.block?.provider;
  const blocks = own ? [own] : plan.configuration.providers.filter((block) => block.source === change.provider);
  return blocks.flatMap((block) => {
    const expression = block.expressions.get(attribute);
    return expression?.kind === 'constant' && expression.value !== undefined ? [expression.value] : [];
  });
}
