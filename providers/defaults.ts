import type { ConfigExpression, ProviderBlock } from '../src/plan/model.ts';
import { isObject, type Value } from '../src/plan/value.ts';
import { type CarrierReading, mergeCarriers, readMap, readWritten } from './carriers.ts';
import type { OpenTags, TagInput, TagReading } from './provider.ts';

/** What a provider block adds to every resource: `default_tags`, `default_labels`. */
export type Defaults =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'known';
      readonly tags: ReadonlyMap<string, TagReading>;
      /** Why there may be others; null = there are none. */
      readonly open: OpenTags | null;
    }
  | { readonly kind: 'hidden'; readonly why: string };

/**
 * Defaults of a provider block: an argument that is a map, or a block with the map in `tags`. References that the door did not
 * resolve, and a plan without configuration, are hidden: one unknown value drops all of them from the plan without a trace.
 */
export function readDefaults(
  block: ProviderBlock | null,
  argument: string,
  configured: ReadonlySet<string> | null,
  written?: TagInput['written'],
): Defaults {
  const shown = block === null || configured === null ? shownDefaults(block, argument, configured) : ofBlock(block, argument);
  const text = shown.kind === 'hidden' && configured !== null ? written?.get(`provider.${argument}`) : undefined;
  if (text === undefined) return shown;
  const { entries, open } = readWritten(text, argument);
  return { kind: 'known', tags: entries, open };
}

/**
 * Whether one of the defaults is known only after apply, and not all of them are: then the plan leaves out all of them (recorded.md 1b, 3), and
 * what is known of them is known from the text.
 */
export function leftOut(defaults: Defaults): boolean {
  return (
    defaults.kind === 'known' && (defaults.open !== null || [...defaults.tags.values()].some(({ state }) => state === 'unknown'))
  );
}

const known = new WeakMap<ProviderBlock, Map<string, Defaults>>();

/** The same for every resource of a block that has configuration. */
function ofBlock(block: ProviderBlock, argument: string): Defaults {
  const byArgument = known.get(block) ?? new Map<string, Defaults>();
  known.set(block, byArgument);
  const defaults = byArgument.get(argument) ?? shownDefaults(block, argument, NOTHING_SET);
  byArgument.set(argument, defaults);
  return defaults;
}

const NOTHING_SET: ReadonlySet<string> = new Set();

function shownDefaults(block: ProviderBlock | null, argument: string, configured: ReadonlySet<string> | null): Defaults {
  if (configured === null) {
    return { kind: 'hidden', why: `the provider's configuration is not in the plan, so its \`${argument}\` cannot be seen` };
  }
  // A resource with configuration whose provider has no block uses a provider without arguments.
  const expression = block?.expressions.get(argument);
  if (block === null || expression === undefined) return { kind: 'none' };
  if (expression.kind !== 'blocks') return fromExpression(expression, block, argument);
  const parts = expression.blocks.map((inner) => inner.get('tags')).filter((inner) => inner !== undefined);
  if (parts.length === 0) return { kind: 'none' };
  return parts.length === 1 && parts[0] ? fromExpression(parts[0], block, argument) : hiddenDefaults(argument);
}

function fromExpression(expression: ConfigExpression, block: ProviderBlock, argument: string): Defaults {
  if (expression.kind !== 'constant' || expression.value === undefined) return hiddenDefaults(argument);
  return fromValue(expression.value, block, argument);
}

function fromValue(value: Value, block: ProviderBlock, argument: string): Defaults {
  if (value === null) return { kind: 'none' };
  if (!isObject(value)) return hiddenDefaults(argument);
  const reading = readMap(value, argument, defaultsName(block));
  return reading.entries.size === 0 ? { kind: 'none' } : { kind: 'known', tags: reading.entries, open: null };
}

function hiddenDefaults(argument: string): Defaults {
  return {
    kind: 'hidden',
    why: `the provider's \`${argument}\` is no constant: where one of its values is known only after apply, the plan leaves out all of them`,
  };
}

export function defaultsName(block: ProviderBlock | null): string {
  return block?.alias ? `provider default (${block.alias})` : 'provider default';
}

/** How a merged attribute (`tags_all`, `terraform_labels`) is put together with what the block writes itself. */
export interface MergeInput {
  readonly own: CarrierReading;
  readonly merged: CarrierReading;
  readonly defaults: Defaults;
  readonly defaultsFrom: string;
  /** Keys that the provider adds by itself, which prove nothing about the defaults. */
  readonly attribution: ReadonlySet<string>;
}

/** The after side by the four steps of plan-json.md 3.3. */
export function resolveMerged(input: MergeInput): { entries: Map<string, TagReading>; open: OpenTags | null } {
  const { own, merged, defaults } = input;
  if (own.open !== null) return { entries: new Map(own.entries), open: own.open };
  if (merged.open === null) return trustMerged(input);
  const entries = new Map(defaults.kind === 'known' ? defaults.tags : []);
  for (const [key, tag] of own.entries) entries.set(key, tag);
  if (defaults.kind === 'none') return { entries, open: null };
  if (leftOut(defaults) && defaults.kind === 'known') return { entries, open: defaults.open };
  return { entries, open: { why: defaults.kind === 'hidden' ? defaults.why : (merged.open?.why ?? ''), path: merged.path } };
}

function trustMerged({ own, merged, defaults, defaultsFrom, attribution }: MergeInput): {
  entries: Map<string, TagReading>;
  open: OpenTags | null;
} {
  const entries = new Map<string, TagReading>();
  let reached = false;
  merged.entries.forEach((tag, key) => {
    const written = own.entries.get(key);
    if (written === undefined) {
      reached ||= !attribution.has(key);
      entries.set(key, saidBy(tag, attribution.has(key) ? 'provider' : defaultsFrom));
    } else entries.set(key, written.state === 'unknown' || isSame(written, tag) ? written : saidBy(tag, written.from));
  });
  // Defaults come all or not at all (recorded), so one of them in the plan shows that all of them are.
  if (defaults.kind === 'known' && leftOut(defaults)) {
    for (const [key, tag] of defaults.tags) if (!entries.has(key)) entries.set(key, tag);
    return { entries, open: defaults.open };
  }
  const open = defaults.kind === 'hidden' && !reached ? { why: defaults.why, path: merged.path } : null;
  return { entries, open };
}

function isSame(written: TagReading, tag: TagReading): boolean {
  return written.state === 'known' && tag.state === 'known' && written.value === tag.value;
}

function saidBy(tag: TagReading, from: string): TagReading {
  return tag.from === from ? tag : { ...tag, from };
}

/** Carriers beside the merged attribute that must agree with it. */
export function withNested(
  base: { entries: ReadonlyMap<string, TagReading>; open: OpenTags | null },
  nested: readonly CarrierReading[],
): { entries: ReadonlyMap<string, TagReading>; open: OpenTags | null } {
  if (nested.length === 0) return base;
  const main: CarrierReading = { path: '', present: true, entries: base.entries, open: null, sensitive: false };
  const merged = mergeCarriers([main, ...nested], (key) => key);
  return { entries: merged.entries, open: base.open ?? merged.open };
}
