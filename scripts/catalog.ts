import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDS, type Cloud } from './catalog/clouds.ts';
import { readDecisions } from './catalog/decisions.ts';
import { readFacts } from './catalog/facts.ts';
import { type CatalogFile, mergeCatalog, undecided } from './catalog/merge.ts';
import { printCatalog } from './catalog/print.ts';
import { recordedTypes } from './catalog/recorded.ts';

/**
 * Writes `providers/<cloud>/catalog.json` from reviewed decisions and schema facts. Run from the project's root:
 * facts and recorded plans come from INLANE_SHARED, else `../shared`. Fails when a type of the facts or of a recorded plan has no
 * decision; then nothing is written.
 */
const root = process.cwd();
const shared = process.env.INLANE_SHARED ?? join(root, '../shared');
const facts = join(shared, 'facts');
if (!existsSync(facts)) throw new Error(`no facts under ${facts}: set INLANE_SHARED`);

const classes = JSON.parse(readFileSync(join(root, 'providers/classes.json'), 'utf8')) as Record<string, { cross: boolean }>;
const missing = new Map(recordedTypes(join(shared, 'recorded')).map((entry) => [`${entry.section} ${entry.type}`, entry]));
if (missing.size === 0) throw new Error(`no recorded plans under ${shared}`);

const decided = new Set(CLOUDS.map(({ name }) => `${name}.tsv`));
for (const file of readdirSync(join(root, 'scripts/catalog/decisions')))
  if (!decided.has(file)) throw new Error(`decisions/${file} belongs to no catalog`);

/** Most undecided types that are spelled out for one cloud. */
const SPELLED = 20;
const left: string[] = [];
const written: [string, string][] = [];
for (const cloud of CLOUDS) {
  const known = readFacts(facts, cloud.tables, cloud.computedAs);
  const decisions = readDecisions(join(root, `scripts/catalog/decisions/${cloud.name}.tsv`), cloud.name);
  const file = mergeCatalog(cloud, decisions, known);
  checkClasses(cloud, file);
  const open = undecided(file, known);
  if (open.length > 0) left.push(`  ${cloud.name}, ${open.length}: ${firstOf(open)}`);
  for (const key of missing.keys()) {
    const [section = '', type = ''] = key.split(' ');
    if (Object.hasOwn(file[section as 'managed'], type)) missing.delete(key);
  }
  written.push([join(root, `providers/${cloud.name}/catalog.json`), printCatalog(file)]);
  const count = (rows: object): number => Object.keys(rows).length;
  console.log(`${cloud.name}: ${count(file.managed)} managed, ${count(file.data)} data, ${count(file.actions)} actions`);
}
if (missing.size > 0) left.push(`  recorded plans, ${missing.size}: ${firstOf([...missing.keys()].sort())}`);
if (left.length > 0) {
  console.error(`nothing is written: types without a decision\n${left.join('\n')}`);
  process.exit(1);
}
for (const [path, text] of written) writeFileSync(path, text);

function firstOf(types: readonly string[]): string {
  return `${types.slice(0, SPELLED).join(', ')}${types.length > SPELLED ? `, and ${types.length - SPELLED} more` : ''}`;
}

function checkClasses(cloud: Cloud, file: CatalogFile): void {
  for (const [type, row] of [...Object.entries(file.managed), ...Object.entries(file.data), ...Object.entries(file.actions)]) {
    if (row.class === null && !row.reason) throw new Error(`${cloud.name}: \`${type}\` has neither a class nor a reason`);
    if (row.class !== null && classes[row.class]?.cross !== false)
      throw new Error(`${cloud.name}: \`${type}\` has the class \`${row.class}\``);
    for (const name of row.also ?? [])
      if (!classes[name]?.cross)
        throw new Error(`${cloud.name}: \`${type}\` is also \`${name}\`, which is no cross-cutting class`);
  }
}
