import { loadClasses } from '../../providers/classes.ts';
import type { AttributeTrigger, CatalogRow, Protection } from '../../providers/provider.ts';
import { isList, type Value } from '../plan/value.ts';
import { escapeText } from '../report/escape.ts';
import { Page, whole } from '../report/formats/layout.ts';
import type { ClassesPage, ClassPage, ProviderTypes, TablePage, TypeEntry } from './class-pages.ts';

/** A page of `inlane classes` for people, wrapped at `width` columns. */
export function classesText(told: ClassesPage, width: number, colour: boolean): string {
  const page = new Page(width, colour);
  if ('classes' in told) showTable(page, told);
  else if ('class' in told) showClass(page, told);
  else for (const entry of told.entries) showType(page, told.type, entry);
  return page.toString();
}

/** Column at which values start. */
const COLUMN = 23;

function field(page: Page, name: string, values: readonly string[]): void {
  values.forEach((value, at) => {
    page.line(2, whole((at === 0 ? name : '').padEnd(COLUMN - 2)) + value, COLUMN);
  });
}

function showTable(page: Page, { classes, order }: TablePage): void {
  let group = '';
  for (const entry of classes) {
    if (entry.group !== group) {
      group = entry.group;
      page.gap();
      page.line(0, page.paint(group, 'bold'));
    }
    field(page, entry.name, [entry.meaning]);
  }
  page.gap();
  page.line(0, page.paint('how a type gets its class', 'bold'));
  order.forEach((step, at) => {
    page.line(2, `${at + 1}. ${step}`, 5);
  });
  page.gap();
  page.line(0, '`inlane classes CLASS` shows its hard cases and its types.');
}

function showClass(page: Page, { class: entry, carries, types, by_attribute: byAttribute }: ClassPage): void {
  page.line(0, `${page.paint(entry.name, 'bold')}: ${entry.meaning}`);
  page.gap();
  field(page, 'group', [entry.group]);
  entry.cases.forEach((told, at) => {
    page.line(2, `${whole((at === 0 ? 'hard cases' : '').padEnd(COLUMN - 2))}- ${told}`, COLUMN + 2);
  });
  if (entry.suggests.length > 0)
    field(page, 'suggests', [`${entry.suggests.join(', ')}: what \`is_a: ${entry.name}\` adds to it carries that too`]);
  const share = ({ name, types: some, of }: ClassPage['carries'][number]) =>
    some === of ? `${name} (all of them)` : `${name} (${some} of ${of})`;
  if (carries.length > 0) field(page, 'its types also carry', [carries.map(share).join(', ')]);
  const total = (key: 'managed' | 'data' | 'actions') => types.reduce((sum, one) => sum + one[key].length, 0);
  field(page, 'types', [countsOf(total('managed'), total('data'), total('actions'))]);
  for (const provider of types) showProvider(page, provider);
  if (byAttribute.length === 0) return;
  page.gap();
  page.line(0, `${byAttribute.length} more types by some of their attributes`);
  for (const { type, attributes } of byAttribute) page.line(2, `${type}: ${attributes.join(', ')}`, 4);
}

function showProvider(page: Page, { provider, managed, data, actions }: ProviderTypes): void {
  page.gap();
  page.line(0, `${page.paint(provider, 'bold')}: ${countsOf(managed.length, data.length, actions.length)}`);
  for (const [label, names] of [
    ['', managed],
    ['data sources: ', data],
    ['actions: ', actions],
  ] as const)
    if (names.length > 0) page.line(2, `${label}${names.join(', ')}`, 2);
}

function countsOf(managed: number, data: number, actions: number): string {
  const parts = [
    ...(managed > 0 ? [`${managed} managed`] : []),
    ...(data > 0 ? [`${data} data source${data === 1 ? '' : 's'}`] : []),
    ...(actions > 0 ? [`${actions} action${actions === 1 ? '' : 's'}`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'none in the catalogs';
}

const MODE_WORDS = { managed: 'managed resource', data: 'data source', action: 'action' } as const;

function showType(page: Page, type: string, { mode, providers, decided, row }: TypeEntry): void {
  page.gap();
  page.line(0, `${page.paint(escapeText(type), 'bold')}: ${MODE_WORDS[mode]} of ${providers.join(', ')}`);
  page.gap();
  const meaning = (name: string) => `${name}: ${loadClasses().get(name)?.meaning ?? ''}`;
  field(page, 'class', [row.class === null ? `none of its own: ${row.reason ?? ''}` : meaning(row.class)]);
  if (row.wraps) field(page, 'class inside', [`told by \`${row.wraps}\`; unknown where that says nothing`]);
  field(page, 'also', (row.also ?? []).map(meaning));
  field(page, 'decided', [decidedWords(decided, type)]);
  if (row.class !== null && row.reason) field(page, 'note', [row.reason]);
  field(page, 'access by', (row.access_by ?? []).map(triggerWords));
  field(page, 'exposure by', (row.exposure_by ?? []).map(triggerWords));
  if (mode === 'managed') showLife(page, row);
  showNames(page, row);
}

/** How its class was decided, by `CatalogRow.by`. */
function decidedWords(decided: string, type: string): string {
  const [word, read] = decided.split(' ');
  if (decided === 'hand') return "by hand, read against the type's documentation";
  if (word === 'twin') return `by rule twin: it reads what the managed ${type} is`;
  if (word === 'plural') return `by rule plural: it lists what ${read} is`;
  if (word === 'awscc') return `by rule awscc: the aws provider calls it ${read}`;
  return `by rule ${decided}`;
}

function triggerWords({ attribute, except }: AttributeTrigger): string {
  return except ? `${attribute}, unless it is ${except.map(valueWords).join(' or ')}` : attribute;
}

/** What protects it, and what a delete does. */
function showLife(page: Page, row: CatalogRow): void {
  field(page, 'protected by', (row.protects ?? []).map(protectionWords));
  if (row.guards) field(page, 'guards', [`what \`${row.guards}\` refers to; taking it away arms a destroy of that`]);
  const deletes = { deletes: 'deletes it', forgets: 'only forgets it: what it made stays', resets: 'sets it back to defaults' };
  field(page, 'a delete', [
    deletes[row.destroy ?? 'deletes'],
    ...(row.abandon ?? []).map(
      ({ attribute, value, provider_default: inherits }) =>
        `keeps it where ${attribute} is ${valueWords(value)}${inherits ? ", or the provider's own argument of that name is" : ''}`,
    ),
  ]);
}

function protectionWords({ attribute, safe, default: unset, forgets }: Protection): string {
  const value =
    typeof safe === 'number' ? `at least ${safe}` : isList(safe) ? safe.map(valueWords).join(', else ') : valueWords(safe);
  return [
    `${attribute}: ${value}`,
    ...(unset === undefined ? [] : [`unset means ${valueWords(unset)}`]),
    ...(forgets === undefined ? [] : [`towards ${valueWords(forgets)} is a forget`]),
  ].join('; ');
}

function valueWords(value: Value): string {
  return value === null ? 'null' : String(value);
}

/** By what it is known, what it refers to, where it stands, what carries its tags. */
function showNames(page: Page, row: CatalogRow): void {
  const listed = (names: readonly string[] | undefined) => (names && names.length > 0 ? [names.join(', ')] : []);
  field(page, 'known by', listed(row.identity));
  field(page, 'stands in', row.parent ? [`what \`${row.parent}\` refers to`] : []);
  field(
    page,
    'refers to',
    (row.refers ?? []).map(({ attribute, type }) => `${type}, by ${attribute}`),
  );
  if (row.tagging) {
    const { object, key, value } = row.tagging;
    field(page, 'tags', [`what \`${object}\` refers to, with ${key ? `\`${key}\` = ` : ''}\`${value}\``]);
  }
  field(
    page,
    'carries tags in',
    (row.carriers ?? []).map(({ path, shape }) => `${path} (${shape}), besides what its provider uses everywhere`),
  );
  field(page, 'recreated with it', listed(row.companions));
  field(
    page,
    'place',
    Object.entries(row.place ?? {}).map(([what, attribute]) => `${what}: ${attribute}`),
  );
  field(page, 'never configured', listed(row.computed));
  field(page, 'provider may set', listed(row.optional_computed));
}
