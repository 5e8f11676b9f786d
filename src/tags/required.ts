import type { TagReading } from '../../providers/provider.ts';
import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange, ObjectView } from '../classify/model.ts';
import type { Finding } from './finding.ts';
import { fixFor, fixForHidden, type WantedTag, wantedTag } from './fix.ts';
import { canonical, carrierKey, carries, requiredOf, tagReading, valueList } from './key.ts';
import type { Occasion } from './occasion.ts';

/** What most rows of a large plan have. */
const NONE: readonly Finding[] = [];

/** tag-missing, tag-value, tag-unknown, tag-weak and untagged-existing of one row and attribute. */
export function requiredFindings(row: ClassifiedChange, attribute: AttributeDefinition, occasion: Occasion): readonly Finding[] {
  const key = carrierKey(row, attribute);
  if (key === null || row.change.faults.length > 0) return NONE;
  if (occasion.standing) return existing(row, attribute, key);
  if (row.after === null) return [];
  const findings =
    occasion.update && !occasion.import
      ? updated(row, row.after, attribute, key)
      : made(row, row.after, attribute, key, occasion);
  return [...findings, ...weak(row, row.after, attribute, key, occasion)];
}

function made(
  row: ClassifiedChange,
  after: ObjectView,
  attribute: AttributeDefinition,
  key: string,
  occasion: Occasion,
): Finding[] {
  const on = attribute.required?.on;
  const judged =
    (occasion.create && on?.has('create')) || (occasion.replace && on?.has('replace')) || (occasion.import && on?.has('import'));
  const update = occasion.update ? updated(row, after, attribute, key) : [];
  if (!judged || carries(after, key) === 'no') return update;
  const required = requiredOf(row, after, attribute);
  if (required === false) return update;
  const what = occasion.replace ? 'its replacement' : occasion.import ? 'the imported object' : 'it';
  const found = judge(row, attribute, key, tagReading(after, key), required === 'unknown', what);
  return found === null ? update : [found];
}

function judge(
  row: ClassifiedChange,
  attribute: AttributeDefinition,
  key: string,
  reading: TagReading | null,
  maybe: boolean,
  what: string,
): Finding | null {
  if (reading?.state === 'known') return outside(row, attribute, key, reading);
  const wanted = wantedTag(row, attribute, knownBefore(row, key));
  const fix = fixFor(row, wanted);
  if (maybe) {
    const message = `whether \`${key}\` is required cannot be established, since the class of \`${row.change.type}\` is unknown, and ${what} is not shown to carry it`;
    return finding(row, attribute, 'tag-unknown', 'deny', key, message, fix);
  }
  if (reading === null) {
    return finding(row, attribute, 'tag-missing', 'deny', key, `${what} lacks the required tag ${spelled(attribute, key)}`, fix);
  }
  return unknown(row, attribute, key, reading, wanted);
}

function unknown(
  row: ClassifiedChange,
  attribute: AttributeDefinition,
  key: string,
  reading: TagReading & { state: 'unknown' },
  wanted: WantedTag,
): Finding {
  const message = `${spelled(attribute, key)} cannot be established: ${reading.why}${reading.from === 'text' ? '' : expressionOf(row, reading.path)}`;
  return finding(row, attribute, 'tag-unknown', 'deny', key, message, fixForHidden(row, wanted, reading.path));
}

/** The references that the hidden argument is made of: one of them is what the plan does not know. */
function expressionOf(row: ClassifiedChange, path: string | null): string {
  const block = row.change.block;
  if (path === null || block === null) return '';
  const top = path.split('.')[0] ?? '';
  const expression = block.expressions.get(top) ?? block.expressions.get(row.provider.mirrors.includes(top) ? 'tags' : top);
  if (expression?.kind !== 'references' || expression.names.length === 0) return '';
  const names = expression.names.filter(
    (name) => !expression.names.some((other) => other !== name && other.startsWith(`${name}.`)),
  );
  return ` (made of ${names.map((name) => `\`${name}\``).join(', ')})`;
}

function outside(
  row: ClassifiedChange,
  attribute: AttributeDefinition,
  key: string,
  reading: TagReading & { state: 'known' },
): Finding | null {
  if (canonical(attribute, reading.value) !== null) return null;
  const message = `\`${key}\` is \`${reading.value}\`, which is no value of ${attribute.name} (${valueList(attribute)})`;
  const fix = { text: `use one of ${valueList(attribute)}`, insert: null };
  return finding(row, attribute, 'tag-value', 'deny', key, message, fix);
}

/** An update must not take a required key away, and a declared key that it changes must get a value of the list. */
function updated(row: ClassifiedChange, after: ObjectView, attribute: AttributeDefinition, key: string): Finding[] {
  if (row.before === null) return [];
  const was = tagReading(row.before, key);
  const is = tagReading(after, key);
  if (is?.state === 'known') {
    const changes = was?.state !== 'known' || was.value !== is.value;
    const found = changes ? outside(row, attribute, key, is) : null;
    return found === null ? [] : [found];
  }
  if (was === null || requiredOf(row, after, attribute) === false) return [];
  const wanted = wantedTag(row, attribute, was.state === 'known' ? was.value : null);
  const fix = fixFor(row, wanted);
  if (is !== null) return [unknown(row, attribute, key, is, wanted)];
  const value = was.state === 'known' ? `, which was \`${was.value}\`` : '';
  return [
    finding(
      row,
      attribute,
      'tag-missing',
      'deny',
      key,
      `this update removes the required tag ${spelled(attribute, key)}${value}`,
      fix,
    ),
  ];
}

/** A no-op row is what stands there: it is reported, and denies nothing. */
function existing(row: ClassifiedChange, attribute: AttributeDefinition, key: string): readonly Finding[] {
  const view = row.before ?? row.after;
  if (view === null || attribute.required === null || view.shows(key) || carries(view, key) === 'no') return NONE;
  if (requiredOf(row, view, attribute) !== true) return NONE;
  const reading = tagReading(view, key);
  if (reading?.state === 'known') return [];
  const message =
    reading === null
      ? `it exists without the required tag ${spelled(attribute, key)}`
      : `whether it carries ${spelled(attribute, key)} cannot be established: ${reading.why}`;
  return [finding(row, attribute, 'untagged-existing', 'report', key, message, fixFor(row, wantedTag(row, attribute, null)))];
}

/** Google: a label stands where a Resource Manager tag would authorise. A label never takes the place of the tag. */
function weak(
  row: ClassifiedChange,
  after: ObjectView,
  attribute: AttributeDefinition,
  key: string,
  occasion: Occasion,
): Finding[] {
  if (
    row.provider.carrier !== 'google' ||
    !key.includes('/') ||
    !(occasion.create || occasion.replace || occasion.import || occasion.update)
  )
    return [];
  if (tagReading(after, key) !== null) return [];
  const label = key.slice(key.lastIndexOf('/') + 1);
  const reading = tagReading(after, label);
  if (reading?.state !== 'known') return [];
  const only = carries(after, key) === 'no' ? 'it can carry labels only' : `the Resource Manager tag \`${key}\` is missing`;
  const message = `the label \`${label}\` is \`${reading.value}\`, but labels authorise nothing: ${only}`;
  const fix = fixFor(row, wantedTag(row, attribute, canonical(attribute, reading.value)));
  return [finding(row, attribute, 'tag-weak', 'warn', key, message, fix)];
}

function knownBefore(row: ClassifiedChange, key: string): string | null {
  const reading = row.before === null ? null : tagReading(row.before, key);
  return reading?.state === 'known' ? reading.value : null;
}

export function finding(
  row: ClassifiedChange,
  attribute: AttributeDefinition,
  code: string,
  severity: Finding['severity'],
  key: string | null,
  message: string,
  fix: Finding['fix'],
): Finding {
  const { address, deposed } = row.change;
  return { code, severity, address, deposed, key, message, fix, enforce: attribute.required?.enforce ?? true };
}

/** The tag key, and the attribute that it carries where that has another name. */
function spelled(attribute: AttributeDefinition, key: string): string {
  return key === attribute.name ? `\`${key}\`` : `\`${key}\` (${attribute.name})`;
}
