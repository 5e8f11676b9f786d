import { CloudFailure, type InventoryItem } from '../cloud.ts';
import { parseArmId } from './arm-id.ts';
import { foldTags, ownerByTags, ownerInGraph, storedTags } from './owners.ts';

/** Rows that one answer of Resource Graph holds at most (`QueryRequestOptions.$top`). */
export const PAGE = 1000;

/** Everything that stands in a subscription; `id` has to be there and in order, else its pages are not stable. */
export const INVENTORY =
  'resources | union resourcecontainers | project id, type, location, tags, managedBy, systemData | order by id asc';

const GROUPS = "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups'";

/** Resource groups that something else manages: of AKS, Databricks, managed applications. */
export const MANAGED_GROUPS = `${GROUPS} | where isnotempty(managedBy) | project id, type, managedBy | order by id asc`;

/** Which of these objects something else manages. Ids are canonical ARM ids, so that a quote is the only character to escape. */
export function managedAmong(ids: readonly string[]): string {
  const list = ids.map((id) => `'${id.replaceAll("'", "\\'")}'`).join(', ');
  return `resources | where id in~ (${list}) | where isnotempty(managedBy) | project id, type, managedBy | order by id asc`;
}

export interface Page {
  readonly rows: readonly GraphRow[];
  /** Where the next page starts; null = this was the last. */
  readonly token: string | null;
  /** Rows of the whole answer, as counted for this page. */
  readonly total: number;
}

export interface GraphRow {
  readonly id: string;
  readonly type: string;
  readonly location: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly managedBy: string;
  readonly systemData: { readonly createdAt: string | null; readonly createdBy: string | null };
}

/** Reads an answer. The rows may come as a list or as an object of numbered rows. Throws CloudFailure where it is not what was asked for. */
export function readPage(body: unknown): Page {
  const answer = fields(body);
  const { data } = answer;
  const total = Number(answer.totalRecords);
  if (typeof data !== 'object' || data === null || !Number.isInteger(total)) throw strange('rows are missing');
  const token = typeof answer.$skipToken === 'string' && answer.$skipToken !== '' ? answer.$skipToken : null;
  if (token === null && String(answer.resultTruncated) === 'true') throw strange('rows are cut off and no page follows');
  return { rows: Object.values(data).map(readRow), token, total };
}

function readRow(value: unknown): GraphRow {
  const row = fields(value);
  if (typeof row.id !== 'string' || typeof row.type !== 'string') throw strange('a row has no id or type');
  const system = fields(row.systemData);
  return {
    id: row.id,
    type: row.type.toLowerCase(),
    location: text(row.location) ?? '',
    tags: foldTags(storedTags(row.tags)),
    managedBy: text(row.managedBy) ?? '',
    systemData: { createdAt: utc(system.createdAt), createdBy: text(system.createdBy) },
  };
}

/** `groups` = canonical id of each managed resource group and what manages it. */
export function inventoryItem(row: GraphRow, groups: ReadonlyMap<string, string>): InventoryItem {
  const group = parseArmId(row.id)?.group ?? null;
  return {
    id: row.id.toLowerCase(),
    type: row.type,
    region: row.location === '' ? null : row.location.toLowerCase(),
    tags: row.tags,
    inherited: new Map(),
    managedBy: ownerInGraph(row) ?? (group === null ? undefined : groups.get(group)) ?? ownerByTags(row.tags),
    createdAt: row.systemData.createdAt,
    createdBy: row.systemData.createdBy,
  };
}

function strange(what: string): CloudFailure {
  return new CloudFailure(
    'refused',
    `Resource Graph answered otherwise than documented: ${what}`,
    'report this with the version of inlane',
  );
}

function utc(value: unknown): string | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
