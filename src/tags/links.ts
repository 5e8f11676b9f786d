import type { KnownChange } from '../classify/model.ts';
import type { BlockAddress, ConfigBlock, ConfigExpression } from '../plan/model.ts';
import { isList, isObject, member, type ObjectValue } from '../plan/value.ts';
import { textAt } from './text.ts';

const referred = new WeakMap<ConfigBlock, ReadonlySet<BlockAddress>>();

/** The blocks that expressions of a block refer to; `depends_on`, count and for_each name no object. */
export function blocksNamedBy(block: ConfigBlock): ReadonlySet<BlockAddress> {
  let found = referred.get(block);
  if (found === undefined) {
    const named = targetsOf(block);
    found = isSame(named, block.refersTo) ? block.refersTo : named;
    referred.set(block, found);
  }
  return found;
}

function isSame<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  if (one.size !== other.size) return false;
  for (const item of one) if (!other.has(item)) return false;
  return true;
}

function targetsOf(block: ConfigBlock): Set<BlockAddress> {
  const found = new Set<BlockAddress>();
  const open: ConfigExpression[] = [...block.expressions.values()];
  while (open.length > 0) {
    const expression = open.pop() as ConfigExpression;
    if (expression.kind === 'references') for (const target of expression.targets) found.add(target.block);
    if (expression.kind === 'blocks') for (const inner of expression.blocks) open.push(...inner.values());
  }
  return found;
}

/** Whether its block stands for several objects in one module, so that an expression does not tell which of them it means. */
export function isRepeated({ change: { block, key } }: KnownChange): boolean {
  return key !== null || block?.repeated === true;
}

/** The key of a stand-alone tag resource on one side, or its value where that says the key too; null where neither is known text. */
export function tagText({ row, change }: KnownChange, side: 'before' | 'after'): string | null {
  const path = row?.tagging?.key ?? row?.tagging?.value;
  return path === undefined ? null : textAt(change[side], path);
}

/** What is known to be the name of one object and no other. */
export function longNames(object: ObjectValue): string[] {
  const names: string[] = [];
  for (const attribute of ['arn', 'self_link', 'id', 'fully_qualified_name']) {
    const text = member(object, attribute);
    if (typeof text !== 'string' || !isFullName(text)) continue;
    names.push(text);
    const project = text.indexOf('/projects/');
    if (project >= 0) names.push(text.slice(project + 1));
  }
  return names;
}

export function shortNames(ended: KnownChange, object: ObjectValue): Set<string> {
  const names = ['id', 'arn', 'name', ...(ended.row?.identity ?? [])].map((path) => textAt(object, path));
  return new Set(names.filter((name) => name !== null));
}

/** Attributes of `other` that hold a name of such an object. */
export function linkPaths(ended: KnownChange, other: KnownChange): string[] {
  const refers = (other.row?.refers ?? []).filter((refer) => refer.type === ended.change.type).map((refer) => refer.attribute);
  const tagging = other.row?.tagging?.object;
  const identity = ended.row?.companions?.includes(other.change.type) ? (ended.row.identity ?? []) : [];
  return [...refers, ...(tagging === undefined ? [] : [tagging]), ...identity];
}

/** Texts at a path, the items of a list there included. */
export function textsAt(values: ObjectValue, path: string): string[] {
  const top = path.endsWith('.*') ? path.slice(0, -2) : path;
  const value = member(values, top);
  if (isList(value)) return value.filter((item): item is string => typeof item === 'string');
  if (value === undefined || isObject(value)) return [textAt(values, top)].filter((text) => text !== null);
  return typeof value === 'string' ? [value] : [];
}

/** An ARN, a link, a quoted name, or a path of three steps at least: no other object is meant by one. */
function isFullName(text: string): boolean {
  if (text.startsWith('arn:') || text.startsWith('"')) return true;
  return !text.endsWith('/') && text.split('/').filter((step) => step !== '').length >= 3;
}
