import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of `facts/*.tsv` for one resource type or data source; empty lists where the facts say nothing. */
export interface TypeFacts {
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly computed: readonly string[];
  readonly optionalComputed: readonly string[];
  readonly blockLike: readonly string[];
}

export interface Facts {
  /** By type for managed ones, `data.TYPE` for data sources. */
  readonly types: ReadonlyMap<string, TypeFacts>;
}

const NOTHING: readonly string[] = [];

/** Reads the facts of one provider: its own tables, later ones first in line, and its part of computed.tsv. */
export function readFacts(folder: string, tables: readonly string[], source: string): Facts {
  const types = new Map<string, TypeFacts>();
  const computed = new Map(
    readTable(join(folder, 'computed.tsv'))
      .filter((row) => cell(row, 'provider')[0] === source)
      .map((row) => [cell(row, 'type')[0] ?? '', row]),
  );
  for (const table of tables) {
    for (const columns of readTable(join(folder, table))) {
      const type = cell(columns, 'type')[0] ?? '';
      const managed = cell(columns, 'mode')[0] === 'resource';
      const key = managed ? type : `data.${type}`;
      if (!types.has(key)) types.set(key, withComputed(columns, managed ? computed.get(type) : undefined));
    }
  }
  // Providers without a table of their own (random, null) stand in computed.tsv alone.
  for (const [type, row] of computed) if (!types.has(type)) types.set(type, withComputed(new Map(), row));
  return { types };
}

function withComputed(columns: TypeFacts['columns'], row: TypeFacts['columns'] | undefined): TypeFacts {
  return {
    columns,
    computed: row ? cell(row, 'computed_only') : NOTHING,
    optionalComputed: row ? cell(row, 'optional_computed') : NOTHING,
    blockLike: row ? cell(row, 'block_like') : NOTHING,
  };
}

/** The entries of one cell; empty for a column the table lacks. */
export function cell(row: TypeFacts['columns'], column: string): readonly string[] {
  return row.get(column) ?? NOTHING;
}

/** `name:kind:flag` entries of a cell, as name and flag (R required, O optional, OC optional and computed, C computed). */
export function flagged(row: TypeFacts['columns'], column: string): ReadonlyMap<string, string> {
  return new Map(cell(row, column).map((entry) => [entry.split(':')[0] ?? '', entry.split(':').at(-1) ?? '']));
}

function readTable(path: string): ReadonlyMap<string, readonly string[]>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = (header ?? '').split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return new Map(names.map((name, at) => [name, cells[at] ? cells[at].split(',') : NOTHING]));
  });
}
