import { createHash } from 'node:crypto';
import { type PARTED_KEYS, WORD_KEYS } from '../../providers/catalog-file.ts';
import type { CatalogRow } from '../../providers/provider.ts';
import type { CatalogFile } from './merge.ts';

type Written = Record<string, unknown>;

const SECTIONS = ['managed', 'data', 'actions'] as const;

/**
 * Keys whose values schemas repeat from type to type: where it stands, what keeps it and hangs on it, what a configuration need not
 * say. What a row holds of one group becomes one part; the rest is particular to a type.
 */
const GROUPS: readonly (readonly (typeof PARTED_KEYS)[number][])[] = [
  ['parent', 'refers', 'place'],
  ['protects', 'abandon', 'carriers', 'companions', 'partial_tags'],
  ['computed', 'optional_computed'],
];

/** A value that so many rows have may stand in a part. */
const COMMON = 4;

/** Characters of a part's name: a digest of what it holds, so that a new part renames no other. */
const NAME = 4;

/** The text of a catalog.json: one line a part, one line a type, so that a diff shows which types changed (providers/catalog-file.ts reads it). */
export function printCatalog(file: CatalogFile): string {
  const written = SECTIONS.map((name) => new Map(Object.entries(file[name]).map(([type, row]) => [type, joinWords(row)])));
  const parts = new Map<string, Written>();
  const rows = written.flatMap((section) => [...section.values()]);
  for (const group of GROUPS) takeParts(rows, group, parts);
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = [
    `  "provider": ${JSON.stringify(file.provider)}`,
    section('parts', sorted),
    ...SECTIONS.map((name, at) => section(name, [...(written[at] ?? [])])),
  ];
  return `{\n${sections.join(',\n')}\n}\n`;
}

function section(name: string, rows: readonly (readonly [string, Written])[]): string {
  const lines = rows.map(([key, row]) => `    ${JSON.stringify(key)}: ${JSON.stringify(row)}`);
  return `  ${JSON.stringify(name)}: {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}`;
}

function joinWords(row: CatalogRow): Written {
  const written: Written = { ...row };
  for (const key of WORD_KEYS) if (row[key]) written[key] = row[key].join(' ');
  return written;
}

/** Moves what rows have in common into `parts`, where that makes the file smaller. */
function takeParts(rows: readonly Written[], keys: readonly string[], parts: Map<string, Written>): void {
  const pair = (row: Written, key: string) => `${key} ${JSON.stringify(row[key])}`;
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const key of keys) if (key in row) counts.set(pair(row, key), (counts.get(pair(row, key)) ?? 0) + 1);
  const members = new Map<string, Written[]>();
  for (const row of rows) {
    const common = keys.filter((key) => key in row && (counts.get(pair(row, key)) ?? 0) >= COMMON);
    if (common.length === 0) continue;
    const text = JSON.stringify(Object.fromEntries(common.map((key) => [key, row[key]])));
    members.set(text, [...(members.get(text) ?? []), row]);
  }
  for (const [text, sharing] of members) {
    const reference = `,"parts":"${'-'.repeat(NAME)}"`.length;
    if (sharing.length * (text.length - 1 - reference) <= text.length + NAME + '    "": ,\n'.length) continue;
    const name = createHash('sha256').update(text).digest('base64url').slice(0, NAME);
    if (parts.has(name)) throw new Error(`two parts are called \`${name}\`: make NAME longer`);
    parts.set(name, JSON.parse(text) as Written);
    for (const row of sharing) {
      for (const key of Object.keys(parts.get(name) ?? {})) delete row[key];
      row.parts = row.parts === undefined ? name : `${row.parts} ${name}`;
    }
  }
}
