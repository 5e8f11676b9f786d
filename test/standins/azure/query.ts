import type { Inventory, StandInResource } from './model.ts';

/** A query that the stand-in cannot run, or that Azure would not. */
export class InvalidQuery extends Error {}

/** The answer to a query: how many rows, and any run of them. */
export interface Rows {
  readonly total: number;
  slice(from: number, to: number): object[];
}

interface Leg {
  readonly table: 'resources' | 'resourcecontainers';
  readonly where: readonly Condition[];
}

interface Condition {
  readonly holds: (resource: StandInResource) => boolean;
  /** Ids that alone can match, lower case. */
  readonly ids?: readonly string[];
}

/**
 * Runs the part of the Resource Graph query language that the published examples and the client use: a table, `union`, `where`,
 * `project`, `order by id asc`, `limit` (https://learn.microsoft.com/en-us/azure/governance/resource-graph/concepts/query-language).
 */
export function runQuery(query: string, inventory: Inventory): Rows {
  const [first, ...stages] = split(query, '|');
  let legs: Leg[] = [{ table: tableOf(first ?? ''), where: [] }];
  let columns: readonly string[] | null = null;
  let sorted = false;
  let limit = Number.POSITIVE_INFINITY;
  for (const stage of stages) {
    const [, word, rest = ''] = /^(\w+)\s*(.*)$/s.exec(stage) ?? [];
    if (word === 'union') legs.push({ table: tableOf(rest), where: [] });
    else if (word === 'where') legs = legs.map((leg) => ({ ...leg, where: [...leg.where, conditionOf(rest)] }));
    else if (word === 'project') columns = rest.split(',').map((column) => known(column.trim()));
    else if (word === 'order' && rest === 'by id asc') sorted = true;
    else if (word === 'limit' && /^\d+$/.test(rest)) limit = Number(rest);
    else throw new InvalidQuery(stage);
  }
  const show = (resource: StandInResource) => project(inventory.current(resource), columns);
  const listed = legs.flatMap((leg) => rowsOf(leg, inventory));
  if (sorted) listed.sort((left, right) => (left.id.toLowerCase() < right.id.toLowerCase() ? -1 : 1));
  const lazy = legs.some((leg) => leg.table === 'resources' && leg.where.length === 0) ? inventory.generated : null;
  return {
    total: Math.min(limit, listed.length + (lazy?.count ?? 0)),
    slice(from, to) {
      const rows = listed.slice(from, Math.min(to, limit)).map(show);
      for (let at = Math.max(from, listed.length); lazy !== null && at < Math.min(to, limit, listed.length + lazy.count); at += 1)
        rows.push(show(lazy.resource(at - listed.length)));
      return rows;
    },
  };
}

/** Listed objects, and generated ones where a condition names them or has to look at each. */
function rowsOf(leg: Leg, inventory: Inventory): StandInResource[] {
  const holds = (resource: StandInResource) =>
    inventory.tableOf(resource) === leg.table && leg.where.every((condition) => condition.holds(resource));
  const ids = leg.where.find((condition) => condition.ids !== undefined)?.ids;
  if (ids !== undefined)
    return ids
      .map((id) => inventory.find(id))
      .filter((found) => found !== null)
      .filter(holds);
  const rows = inventory.listed().filter(holds);
  if (leg.table === 'resources' && leg.where.length > 0) {
    for (let at = 0; at < inventory.generated.count; at += 1) {
      const resource = inventory.current(inventory.generated.resource(at));
      if (holds(resource)) rows.push(resource);
    }
  }
  return rows;
}

function tableOf(text: string): Leg['table'] {
  const table = text.trim().toLowerCase();
  if (table === 'resources' || table === 'resourcecontainers') return table;
  throw new InvalidQuery(text);
}

const COLUMNS = new Set(['id', 'name', 'type', 'location', 'tags', 'managedBy', 'systemData']);

function known(column: string): string {
  if (!COLUMNS.has(column)) throw new InvalidQuery(column);
  return column;
}

function conditionOf(text: string): Condition {
  const empty = /^isnotempty\((\w+)\)$/.exec(text)?.[1];
  if (empty !== undefined) return { holds: (resource) => (textOf(resource, known(empty)) ?? '') !== '' };
  const [, column, operator, operand] = /^(\w+)\s+(contains|=~|==|in~)\s+(.*)$/s.exec(text) ?? [];
  if (column === undefined || operand === undefined) throw new InvalidQuery(text);
  known(column);
  const read = (resource: StandInResource) => textOf(resource, column) ?? '';
  if (operator === 'in~') {
    if (!/^\(.*\)$/s.test(operand)) throw new InvalidQuery(text);
    const ids = split(operand.slice(1, -1), ',').map((each) => literal(each).toLowerCase());
    const set = new Set(ids);
    return { holds: (resource) => set.has(read(resource).toLowerCase()), ...(column === 'id' ? { ids } : {}) };
  }
  const value = literal(operand);
  if (operator === 'contains') return { holds: (resource) => read(resource).toLowerCase().includes(value.toLowerCase()) };
  if (operator === '==') return { holds: (resource) => read(resource) === value };
  return { holds: (resource) => read(resource).toLowerCase() === value.toLowerCase() };
}

/** A text in single quotes; a backslash escapes. */
function literal(text: string): string {
  const inner = /^'((?:[^'\\]|\\.)*)'$/s.exec(text.trim())?.[1];
  if (inner === undefined) throw new InvalidQuery(text);
  return inner.replace(/\\(.)/gs, '$1');
}

/** Splits outside of quotes and parentheses. */
function split(text: string, at: '|' | ','): string[] {
  const parts = [''];
  let quoted = false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] as string;
    if (quoted && char === '\\') {
      parts[parts.length - 1] += char + (text[index + 1] ?? '');
      index += 1;
      continue;
    }
    if (char === "'") quoted = !quoted;
    if (!quoted && char === '(') depth += 1;
    if (!quoted && char === ')') depth -= 1;
    if (!quoted && depth === 0 && char === at) parts.push('');
    else parts[parts.length - 1] += char;
  }
  if (quoted || depth !== 0) throw new InvalidQuery(text);
  return parts.map((part) => part.trim());
}

function textOf(resource: StandInResource, column: string): string | undefined {
  const value = project(resource, [column]) as Record<string, unknown>;
  return typeof value[column] === 'string' ? (value[column] as string) : undefined;
}

function project(resource: StandInResource, columns: readonly string[] | null): object {
  const row: Record<string, unknown> = {
    id: resource.id,
    name: resource.id.split('/').at(-1),
    type: resource.type,
    location: resource.location ?? '',
    tags: resource.tags,
    managedBy: resource.managedBy ?? '',
    systemData: resource.systemData ?? null,
  };
  if (columns === null) return row;
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}
