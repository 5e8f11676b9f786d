import type { ProviderBlock } from '../../src/plan/model.ts';
import { member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { mergeCarriers, readBlocks } from '../carriers.ts';
import { catalogNamespace, providerReading, said } from '../places.ts';
import type { CatalogRow, EffectiveTags, PlaceReading, Provider, Taggable, TagInput } from '../provider.ts';

export const ASSOCIATION = 'snowflake_tag_association';

/** What is no object of its own, so nothing can be associated with it. */
const NO_OBJECT =
  /^snowflake_(grant_|execute$|unsafe_execute$|object_parameter$|current_|.*_(association|attachment|parameter|ownership)$|.*_parameter$)/;

/**
 * Objects carry no tags themselves but for the old `tag` blocks of a few types; `snowflake_tag_association` does.
 * Tag keys are the last identifier of a tag's name, as Snowflake resolves it: unquoted and quoted spellings fold to upper case.
 */
export const snowflake: Provider = {
  carrier: 'snowflake',
  sources: ['snowflakedb/snowflake', 'snowflake-labs/snowflake'],
  foldKey,
  effectiveTags,
  accounts: (_values: ObjectValue | Unknown | null, _row: CatalogRow | null, block: ProviderBlock | null) =>
    providerAccounts(block),
  regions: () => [],
  namespace: catalogNamespace,
  mirrors: [],
  fullNames: {
    keyOf: plainName,
    keysOf,
    isNamedBy: (text, type, values) => keysOf(type, values).includes(plainName(text)),
  },
};

/** Quoted and unquoted spellings of a full name are one. */
function keysOf(_type: string, values: ObjectValue): readonly string[] {
  const name = said(values, 'fully_qualified_name');
  return typeof name === 'string' ? [plainName(name)] : [];
}

function plainName(name: string): string {
  return identifiers(name).join('.');
}

/** `"GOVERNANCE"."TAGS"."ENVIRONMENT"` and `environment` are one key. */
function foldKey(key: string): string {
  const parts = identifiers(key);
  return (parts[parts.length - 1] ?? key).toUpperCase();
}

/** The identifiers of a dotted name; quoted ones may hold dots, a doubled quote is one. */
export function identifiers(name: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let at = 0; at < name.length; at += 1) {
    const c = name[at] as string;
    if (c === '"' && quoted && name[at + 1] === '"') {
      part += c;
      at += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === '.' && !quoted) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  return [...parts, part];
}

function effectiveTags(input: TagInput): EffectiveTags {
  const { values, otherValues } = input;
  const blocks = hasBlocks(values) || hasBlocks(otherValues);
  const taggable: Taggable = blocks ? 'yes' : isObjectType(input) ? 'companion' : 'no';
  const carriers = blocks ? ['tag'] : [];
  if (values === UNKNOWN) {
    return { taggable, tags: new Map(), open: { why: 'the whole object is known only after apply', path: null }, carriers };
  }
  if (values === null || !blocks) return { taggable, tags: new Map(), open: null, carriers };
  const { entries, open } = mergeCarriers([readBlocks(member(values, 'tag'), 'tag', 'resource')], foldKey);
  return { taggable, tags: entries, open, carriers };
}

function hasBlocks(values: ObjectValue | Unknown | null): boolean {
  return values !== null && values !== UNKNOWN && member(values, 'tag') !== undefined;
}

/** The catalog names the association as a companion; without an entry, everything but grants and settings may be tagged. */
function isObjectType(input: TagInput): boolean {
  if (input.row !== null) return input.row.companions?.includes(ASSOCIATION) ?? false;
  return !NO_OBJECT.test(input.type);
}

function providerAccounts(block: ProviderBlock | null): PlaceReading[] {
  const named = providerReading(block, 'account_name');
  return named.length > 0 ? named : providerReading(block, 'account');
}
