import type { AttributeDefinition } from '../classify/attribute.ts';
import type { KnownChange } from '../classify/model.ts';
import { hasSide } from '../plan/later-row.ts';
import { type ObjectValue, UNKNOWN } from '../plan/value.ts';
import type { Finding } from './finding.ts';
import type { Hanging } from './hanging.ts';
import { isRepeated, linkPaths, longNames, shortNames, textsAt } from './links.ts';
import { textAt } from './text.ts';

/** Switches without which the tags of the object authorise nothing. */
const SWITCHES = new Set(['aws_s3_bucket_abac']);

/**
 * companion-lost: what hung on the object that `ended` takes away and is not made again for the one that `row` makes. Tag carriers
 * of declared keys deny; a policy that names the old object, and dependents that stay as they are, warn.
 */
export function companionFindings(
  row: KnownChange,
  ended: KnownChange,
  hanging: Hanging,
  attributes: Iterable<AttributeDefinition>,
): Finding[] {
  const declared = declaredKeys(row, attributes);
  const findings: Finding[] = [];
  for (const other of hanging.on(ended)) {
    if (
      other.change === row.change ||
      other.change === ended.change ||
      other.change.mode !== 'managed' ||
      other.change.deposed !== null
    )
      continue;
    const link = lostLink(row, ended, other, hanging);
    if (link === null) continue;
    const carrier = carriesTags(other);
    findings.push({
      code: 'companion-lost',
      severity: carrier && isDeclared(other, declared) ? 'deny' : 'warn',
      address: row.change.address,
      deposed: row.change.deposed,
      key: taggedKey(other),
      message: message(ended, other, link, carrier),
      fix: { text: fixText(ended, other), insert: null },
      enforce: true,
    });
  }
  return findings;
}

type Link = 'configuration' | 'value';

/** How `other` hangs on the object, where it is not made again with it; null = it does not, or it follows. */
function lostLink(row: KnownChange, ended: KnownChange, other: KnownChange, hanging: Hanging): Link | null {
  const { actions } = other.change;
  if (!hasSide(other.change, 'before') || actions.includes('create') || actions.includes('forget')) return null;
  const companion = isCompanion(ended, other);
  if (actions.includes('delete') && (!companion || hanging.isRemade(other, row))) return null;
  if (actions.includes('update') && (!companion || follows(other))) return null;
  const { before } = other.change;
  if (before === null) return null;
  const byValue = namesObject(ended, other, before, hanging);
  const byReference = !isRepeated(ended) && hanging.refers(other.change, ended.change);
  return byValue ? 'value' : byReference ? 'configuration' : null;
}

function isCompanion(ended: KnownChange, other: KnownChange): boolean {
  return carriesTags(other) || (ended.row?.companions?.includes(other.change.type) ?? false);
}

function carriesTags(other: KnownChange): boolean {
  return other.row?.tagging !== undefined || SWITCHES.has(other.change.type);
}

/** An update that moves the companion to the new object in place: what names the object changes or is known only after apply. */
function follows(other: KnownChange): boolean {
  const { before, after } = other.change;
  const path = other.row?.tagging?.object ?? other.row?.guards ?? other.row?.parent;
  if (before === null || after === null || after === UNKNOWN || path === undefined) return after === UNKNOWN;
  const step = path.split('.')[0] ?? '';
  return after[step] === UNKNOWN || JSON.stringify(after[step] ?? null) !== JSON.stringify(before[step] ?? null);
}

/** By value: a full name anywhere, a short name only where an attribute is known to hold the name of such an object. */
function namesObject(ended: KnownChange, other: KnownChange, values: ObjectValue, hanging: Hanging): boolean {
  const object = ended.change.before;
  if (object === null) return false;
  const mentioned = longNames(object).filter((name) => hanging.mentions(other.change, name));
  const own = mentioned.length === 0 ? [] : longNames(values);
  if (mentioned.some((name) => !own.includes(name))) return true;
  const short = shortNames(ended, object);
  return linkPaths(ended, other).some((path) =>
    textsAt(values, path).some(
      (text) => short.has(text) || (ended.provider.fullNames?.isNamedBy(text, ended.change.type, object) ?? false),
    ),
  );
}

function taggedKey(other: KnownChange): string | null {
  const path = other.row?.tagging?.key;
  const key = path === undefined ? null : textAt(other.change.before, path);
  return key === null ? null : other.provider.foldKey(key);
}

function declaredKeys(row: KnownChange, attributes: Iterable<AttributeDefinition>): Set<string> {
  const { carrier, foldKey } = row.provider;
  const keys = new Set<string>();
  for (const attribute of attributes) {
    const key = carrier === null ? undefined : attribute.carriers?.get(carrier);
    if (key !== undefined) keys.add(foldKey(key));
  }
  return keys;
}

/** A carrier whose key cannot be told may carry any declared one. */
function isDeclared(other: KnownChange, declared: ReadonlySet<string>): boolean {
  const key = taggedKey(other);
  return key === null ? declared.size > 0 : declared.has(key);
}

function message(ended: KnownChange, other: KnownChange, link: Link, carrier: boolean): string {
  const { address, actions } = other.change;
  const stays = actions.includes('delete') ? 'is deleted' : 'stays as it is';
  const by = link === 'value' ? 'names it by value' : 'refers to it';
  const lost = carrier ? 'its tags authorise nothing on the new object' : 'it hangs on the object that goes';
  return `\`${ended.change.address}\` is made anew, and \`${address}\`, which ${by}, ${stays}: ${lost}`;
}

function fixText(ended: KnownChange, other: KnownChange): string {
  if (other.change.actions.includes('delete')) return `keep \`${other.change.address}\` for the new object`;
  return `replace \`${other.change.address}\` in the same plan: refer to an attribute of \`${ended.change.address}\` that its replacement changes (its id), or add \`replace_triggered_by\``;
}
