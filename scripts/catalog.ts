import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDS, type Cloud } from './catalog/clouds.ts';
import { readDecisions } from './catalog/decisions.ts';
import { readFacts } from './catalog/facts.ts';
import { type CatalogFile, mergeCatalog } from './catalog/merge.ts';
import { recordedTypes } from './catalog/recorded.ts';

/**
 * Writes `providers/<cloud>/catalog.json` from reviewed decisions and schema facts. Run from the project's root:
 * facts and recorded plans come from INLANE_SHARED, else `../shared`. Fails when a recorded type has no decision.
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

const written: [string, string][] = [];
for (const cloud of CLOUDS) {
  const file = mergeCatalog(
    cloud,
    readDecisions(join(root, `scripts/catalog/decisions/${cloud.name}.tsv`), cloud.name),
    readFacts(facts, cloud.tables, cloud.computedAs),
  );
  checkClasses(cloud, file);
  for (const key of missing.keys()) {
    const [section = '', type = ''] = key.split(' ');
    if (Object.hasOwn(file[section as 'managed'], type)) missing.delete(key);
  }
  written.push([join(root, `providers/${cloud.name}/catalog.json`), print(file)]);
  const count = (rows: object): number => Object.keys(rows).length;
  console.log(`${cloud.name}: ${count(file.managed)} managed, ${count(file.data)} data, ${count(file.actions)} actions`);
}
if (missing.size > 0) throw new Error(`types without a decision: ${[...missing.keys()].sort().join(', ')}`);
for (const [path, text] of written) writeFileSync(path, text);

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

/** One line a type: a diff shows which types changed. */
function print(file: CatalogFile): string {
  const section = (name: string, rows: Readonly<Record<string, unknown>>): string => {
    const lines = Object.entries(rows).map(([type, row]) => `    ${JSON.stringify(type)}: ${JSON.stringify(row)}`);
    return `  ${JSON.stringify(name)}: {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}`;
  };
  const parts = [
    `  "provider": ${JSON.stringify(file.provider)}`,
    section('managed', file.managed),
    section('data', file.data),
    section('actions', file.actions),
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}
