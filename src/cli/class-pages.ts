import { loadCases, loadClasses } from '../../providers/classes.ts';
import { loadCatalogs } from '../../providers/index.ts';
import type { CatalogRow } from '../../providers/provider.ts';

/** What `inlane classes` tells, as `--format json` prints it (`inlane-classes/1`); text is made of the same. */
export type ClassesPage = TablePage | ClassPage | TypePage;

export interface ClassEntry {
  readonly name: string;
  readonly group: string;
  readonly meaning: string;
  readonly cross: boolean;
  /** Cross-cutting classes that a type added to it by `is_a` inherits. */
  readonly suggests: readonly string[];
  /** Hard cases, and where they belong. */
  readonly cases: readonly string[];
}

export interface TablePage {
  readonly format: 'inlane-classes/1';
  /** How the class of a type is decided, the first that fits. */
  readonly order: readonly string[];
  readonly classes: readonly ClassEntry[];
}

export interface ClassPage {
  readonly format: 'inlane-classes/1';
  readonly class: ClassEntry;
  /** Cross-cutting classes of its managed types, and how many of `of` carry each. */
  readonly carries: readonly { readonly name: string; readonly types: number; readonly of: number }[];
  /** Its types, by provider. A data source is in its primary class only. */
  readonly types: readonly ProviderTypes[];
  /** `access`, `exposure`: types of which only some attributes carry it. */
  readonly by_attribute: readonly { readonly provider: string; readonly type: string; readonly attributes: readonly string[] }[];
}

export interface ProviderTypes {
  readonly provider: string;
  readonly managed: readonly string[];
  readonly data: readonly string[];
  readonly actions: readonly string[];
}

export type Mode = 'managed' | 'data' | 'action';

export interface TypePage {
  readonly format: 'inlane-classes/1';
  readonly type: string;
  /** One for each mode that has a type of this name. */
  readonly entries: readonly TypeEntry[];
}

export interface TypeEntry {
  readonly mode: Mode;
  readonly providers: readonly string[];
  /** `hand`, or the rule (`CatalogRow.by`). */
  readonly decided: string;
  /** The catalog's row, as the gate uses it. */
  readonly row: Omit<CatalogRow, 'by'>;
}

const FORMAT = 'inlane-classes/1';

/** The order in which classes.md has them; a group that is not in it comes last. */
const GROUPS = [
  'data',
  'messaging',
  'compute',
  'network',
  'identity and secrets',
  'governance',
  'operations',
  'other',
  'cross-cutting',
];

/** classes.md in the order in which its lines are asked; `cases` of the classes say the rest. */
const ORDER: readonly string[] = [
  'what wraps any kind (a stack, a template, a manifest) has the class of what is inside it, else none',
  'a grant, a key or secret, a certificate, a private link, where logs go, what makes metrics or alarms, a backup, a published version keeps that class, in whatever service it stands',
  'what is lost, stopped or opened when it is destroyed names the class: the most specific noun that its owner has for that',
  'a setting, an alias or a registration of its own has the class of what it sets (its -config class where there is one), without stateful; an association has the class of what it puts in force',
  'whatever else a service keeps for itself (rules, jobs, schedules, connections, parts, groups of its own) has the class of the service; of two services that fit, the narrower one',
  'types of other clouds that do the same, and deprecated twins, have the same class',
  'stateful and access are asked apart: in the order that these two classes give, then by the last lines of its own class',
];

export function tablePage(): TablePage {
  const place = ({ group }: ClassEntry) => (GROUPS.indexOf(group) + GROUPS.length) % GROUPS.length;
  const cases = loadCases();
  const classes = [...loadClasses()].map(([name, entry]) => ({ name, ...entry, cases: cases.get(name) ?? [] }));
  return { format: FORMAT, order: ORDER, classes: classes.sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1)) };
}

/** Null when there is no such class. */
export function classPage(name: string): ClassPage | null {
  const known = loadClasses().get(name);
  if (!known) return null;
  const rows = allRows();
  const members = rows.filter(({ row }) => row.class === name || row.also?.includes(name));
  const managed = members.filter(({ mode }) => mode === 'managed');
  const carried = new Map<string, number>();
  for (const { row } of managed) for (const also of row.also ?? []) carried.set(also, (carried.get(also) ?? 0) + 1);
  return {
    format: FORMAT,
    class: { name, ...known, cases: loadCases().get(name) ?? [] },
    carries: [...carried]
      .filter(([also]) => also !== name)
      .map(([also, types]) => ({ name: also, types, of: managed.length }))
      .sort((a, b) => b.types - a.types || (a.name < b.name ? -1 : 1)),
    types: byProvider(members),
    by_attribute: rows.flatMap(({ mode, type, providers, row }) => {
      const triggers = name === 'access' ? row.access_by : name === 'exposure' ? row.exposure_by : undefined;
      if (mode !== 'managed' || !triggers || row.also?.includes(name)) return [];
      return [{ provider: providers.join(', '), type, attributes: triggers.map(({ attribute }) => attribute) }];
    }),
  };
}

/** `TYPE`, `data.TYPE` or `action.TYPE`. Null when no catalog has it. */
export function typePage(name: string): TypePage | null {
  const [, prefix, type = ''] = /^(?:(data|action)\.)?(.*)$/s.exec(name) ?? [];
  const entries = loadCatalogs().flatMap(({ sources, catalog }) =>
    MODES.filter(([mode]) => prefix === undefined || prefix === mode).flatMap(([mode, table]): TypeEntry[] => {
      const found = catalog[table].get(type);
      if (!found) return [];
      const { by = 'hand', ...row } = found;
      return [{ mode, providers: sourcesOf(type, sources), decided: by, row }];
    }),
  );
  return entries.length > 0 ? { format: FORMAT, type, entries } : null;
}

/** Every name that a page can be asked for. */
export function knownNames(): string[] {
  return [...loadClasses().keys(), ...allRows().map(({ type }) => type)];
}

const MODES = [
  ['managed', 'managed'],
  ['data', 'data'],
  ['action', 'actions'],
] as const;

interface Row {
  readonly mode: Mode;
  readonly type: string;
  readonly providers: readonly string[];
  readonly row: CatalogRow;
}

function allRows(): Row[] {
  return loadCatalogs().flatMap(({ sources, catalog }) =>
    MODES.flatMap(([mode, table]) =>
      [...catalog[table]].map(([type, row]) => ({ mode, type, providers: sourcesOf(type, sources), row })),
    ),
  );
}

/** One file may serve many providers; Terraform takes the provider of a type from its first word. */
function sourcesOf(type: string, sources: readonly string[]): readonly string[] {
  const word = type.split('_')[0] ?? '';
  const own = sources.filter((source) => {
    const name = source.split('/').at(-1) ?? '';
    return name === word || name.startsWith(`${word}-`);
  });
  return own.length > 0 ? own : sources;
}

function byProvider(rows: readonly Row[]): ProviderTypes[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const provider = row.providers.join(', ');
    groups.set(provider, [...(groups.get(provider) ?? []), row]);
  }
  const names = (group: readonly Row[], mode: Mode) => group.filter((row) => row.mode === mode).map(({ type }) => type);
  return [...groups]
    .map(([provider, group]) => ({
      provider,
      managed: names(group, 'managed'),
      data: names(group, 'data'),
      actions: names(group, 'action'),
    }))
    .sort((a, b) => (a.provider < b.provider ? -1 : 1));
}
