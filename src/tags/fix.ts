import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { isObject, member } from '../plan/value.ts';
import type { ConfigurationEdit, Fix } from './finding.ts';
import { carries } from './key.ts';

/** What the fix writes: the key as the user spelled it, and a value where only one can be meant. */
export interface WantedTag {
  readonly key: string;
  readonly value: string | null;
}

/** The key as the lane file spells it, and the value that the attribute has by its other sources, or had before. */
export function wantedTag(row: ClassifiedChange, attribute: AttributeDefinition, before: string | null): WantedTag {
  const key = (row.provider.carrier !== null && attribute.carriers?.get(row.provider.carrier)) || attribute.name;
  if (before !== null) return { key, value: before };
  const state = (row.after ?? row.before)?.fact(attribute.name).state;
  return { key, value: state?.kind === 'value' && typeof state.value === 'string' ? state.value : null };
}

/** How to give the object the tag: in its own argument, by the provider's defaults, or by a resource of its own. */
export function fixFor(row: ClassifiedChange, wanted: WantedTag): Fix {
  const view = row.after ?? row.before;
  const key = row.provider.foldKey(wanted.key);
  const how = view === null ? 'yes' : carries(view, key);
  if (row.provider.carrier === 'snowflake') return association(row, wanted);
  if (row.provider.carrier === 'google' && wanted.key.includes('/')) return binding(row, wanted, how === 'yes');
  return { text: `${inArgument(row, wanted)}${warning(row, wanted.key)}`, ...written(row, wanted) };
}

/** What helps where the tag cannot be seen: neither another entry of an unknown map nor a default does (measured). */
export function fixForHidden(row: ClassifiedChange, wanted: WantedTag, path: string | null): Fix {
  const { address, block } = row.change;
  const top = path?.split('.')[0] ?? '';
  if (path === 'tags_all' && block?.expressions.has('tags_all')) {
    return { text: `take \`tags_all\` out of \`${address}\` and write its tags in \`tags\``, insert: null };
  }
  if (row.provider.mirrors.includes(top)) {
    return { text: `${inArgument(row, wanted, false)} itself${warning(row, wanted.key)}`, ...written(row, wanted) };
  }
  if (path === null) return { text: `give \`${wanted.key}\` one value on \`${address}\` that the plan can show`, insert: null };
  const text = `move the value that is known only after apply out of \`${path}\` of \`${address}\` to a tag resource of its own, or make it known before the plan`;
  return { text, insert: null };
}

const DEFAULTS: Partial<Record<string, string>> = {
  aws: ', or in `default_tags` of the provider',
  google: ', or in `default_labels` of the provider',
};

function inArgument(row: ClassifiedChange, wanted: WantedTag, withDefaults = true): string {
  const value = wanted.value === null ? 'its value' : `\`${wanted.value}\``;
  const path = carrierPath(row);
  const reached = path === 'tags' || path === 'labels';
  const defaults = reached && withDefaults ? (DEFAULTS[row.provider.carrier ?? ''] ?? '') : '';
  return `set \`${wanted.key}\` to ${value} in \`${path}\` of \`${row.change.address}\`${defaults}`;
}

/** The argument that a block writes; mirrors are the provider's. */
function carrierPath(row: ClassifiedChange): string {
  const carriers = (row.after ?? row.before)?.tags.carriers ?? [];
  const labels = row.provider.carrier === 'google' ? carriers.filter((path) => /labels$/.test(path)) : carriers;
  const own = labels.filter((path) => !row.provider.mirrors.includes(path));
  // Not every type has the usual carrier: a group of machines on AWS has blocks instead.
  const { after, before } = row.change;
  const values = isObject(after ?? undefined) ? after : before;
  const there = own.find((path) => member(values ?? undefined, path.split('.')[0] ?? '') !== undefined);
  return there ?? own[0] ?? 'tags';
}

/** The exact lines, and what they mean for the configuration; null where the value is open. */
function written(row: ClassifiedChange, wanted: WantedTag): Pick<Fix, 'insert' | 'edit'> {
  if (wanted.value === null) return { insert: null };
  const path = carrierPath(row);
  if (path === 'tag') {
    const rest = row.change.type === 'aws_autoscaling_group' ? '\n  propagate_at_launch = true' : '';
    const insert = `tag {\n  key   = ${quoted(wanted.key)}\n  value = ${quoted(wanted.value)}${rest}\n}`;
    return { insert, edit: { kind: 'inner', text: insert } };
  }
  const line = `${identifier(wanted.key)} = ${quoted(wanted.value)}`;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const set = row.change.block?.expressions.get(path);
  if (row.provider.carrier === 'datadog') {
    const tag = quoted(`${wanted.key}:${wanted.value}`);
    return { insert: set === undefined ? `tags = [${tag}]` : tag };
  }
  const steps = path.split('.').filter((step) => !/^(?:\d+|\*+)$/.test(step));
  const edit: ConfigurationEdit = { kind: 'entry', path: steps, key: wanted.key, value: wanted.value, line };
  return { insert: path !== name || set === undefined ? `${name} = {\n  ${line}\n}` : line, edit };
}

/** A warning where writing the tag into the resource replaces an object that exists. */
function warning(row: ClassifiedChange, key: string): string {
  const exists = row.change.before !== null || row.change.importing !== null;
  if (!exists || !row.provider.tagEditReplaces?.(row.change.type, key)) return '';
  return `; warning: that edit itself replaces \`${row.change.address}\``;
}

function binding(row: ClassifiedChange, wanted: WantedTag, own: boolean): Fix {
  const { type, name, address } = row.change;
  const short = wanted.key.slice(wanted.key.indexOf('/') + 1);
  const text = `bind the tag with a \`google_tags_location_tag_binding\` (\`google_tags_tag_binding\` for global objects) whose \`parent\` is the full resource name of \`${address}\``;
  const inline = own
    ? `; its own tag argument would do for a new object, but writing it there${warning(row, wanted.key) ? ' replaces the object' : ' later replaces the object'}`
    : '';
  if (wanted.value === null || type !== 'google_storage_bucket') return { text: `${text}${inline}`, insert: null };
  const label = `${name}_${short}`.replace(/[^A-Za-z0-9_-]/g, '_');
  const { repeats, object } = companionOf(row);
  const insert = [
    `resource "google_tags_location_tag_binding" "${label}" {`,
    ...repeats,
    `  parent    = "//storage.googleapis.com/projects/_/buckets/\${${object}.name}"`,
    `  tag_value = ${quoted(`${wanted.key}/${wanted.value}`)}`,
    `  location  = lower(${object}.location)`,
    '}',
  ];
  return { text: `${text}${inline}`, ...beside(insert) };
}

function association(row: ClassifiedChange, wanted: WantedTag): Fix {
  const { type, name, address } = row.change;
  const text = `associate the tag \`${wanted.key}\` with \`${address}\` by a \`snowflake_tag_association\``;
  const parts = wanted.key.split('.');
  if (wanted.value === null || parts.length !== 3) return { text, insert: null };
  const kind = type
    .replace(/^snowflake_/, '')
    .replaceAll('_', ' ')
    .toUpperCase();
  const id = parts.map((part) => `"${part.replaceAll('"', '')}"`).join('.');
  const { repeats, object } = companionOf(row);
  const insert = [
    `resource "snowflake_tag_association" "${name}_${parts[2]?.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}" {`,
    ...repeats,
    `  object_identifiers = [${object}.fully_qualified_name]`,
    `  object_type        = ${quoted(kind)}`,
    `  tag_id             = ${quoted(id)}`,
    `  tag_value          = ${quoted(wanted.value)}`,
    '}',
  ];
  return { text, ...beside(insert) };
}

/** How a block beside that of a row refers to the row's object: as often as there are objects. */
function companionOf({ change: { type, name, key } }: ClassifiedChange): {
  readonly repeats: readonly string[];
  readonly object: string;
} {
  const block = `${type}.${name}`;
  if (key === null) return { repeats: [], object: block };
  if (typeof key === 'string') return { repeats: [`  for_each = ${block}`, ''], object: 'each.value' };
  return { repeats: [`  count = length(${block})`, ''], object: `${block}[count.index]` };
}

function beside(lines: readonly string[]): Pick<Fix, 'insert' | 'edit'> {
  const text = lines.join('\n');
  return { insert: text, edit: { kind: 'beside', text } };
}

/** An HCL string; `${` and `%{` would start a template. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
}

function identifier(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? key : quoted(key);
}
