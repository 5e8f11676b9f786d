// How the time of `inlane gate` grows with a plan: every recorded plan many times over, in three layouts, and plans with the text of their
// configuration, at two sizes of which the second has four times the rows of the first. CPU seconds of the whole process (GNU time), less those for the plan as it was recorded, per row.
// What costs the square of the rows costs four times as much a row. Ends with 1 where some plan grows by more than it may.
// `node bench/growth.mjs [--rows N] [--most RATIO] [PART OF A PLAN'S PATH ...]`
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SYNTAXES, written } from './configuration.mjs';
import { LAYOUTS, repeated } from './repeat.mjs';

const TIMES = 4;
const RECORDED = 'fixtures/recorded';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: given, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '1000' }, most: { type: 'string', default: '1.6' } },
});
const [least, most] = [Number(given.rows), Number(given.most)];
if (!Number.isInteger(least) || least < 1) throw new Error('--rows is a whole number from 1');
if (!(most > 1)) throw new Error('--most is a number above 1');
if (!existsSync('/usr/bin/time')) throw new Error('GNU time measures: `apt-get install time`');

const folder = mkdtempSync(join(tmpdir(), 'inlane-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
const built = spawnSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${dist}`], { encoding: 'utf8' });
if (built.status !== 0) throw new Error(built.stderr);

const CONFIGURATION = 'configuration in one file';
const isAsked = (name) => parts.length === 0 || parts.some((part) => name.includes(part));
const plans = readdirSync(RECORDED, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('plan.json'));
const names = [...plans.sort(), CONFIGURATION].filter(isAsked);
if (names.length === 0) throw new Error(`no plan in ${RECORDED} has such a path`);

console.log(`node ${process.version}; ${least} and ${least * TIMES} rows; at most ${most} times the time a row\n`);
console.log('| plan | layout | rows | CPU s | microseconds a row | times that of a fourth |\n|---|---|---|---|---|---|');
const worse = [];
for (const name of names) {
  if (name === CONFIGURATION) {
    for (const syntax of SYNTAXES) compare(name, syntax, (rows) => written(rows, syntax));
    continue;
  }
  const path = join(RECORDED, name);
  const recorded = (JSON.parse(readFileSync(path, 'utf8')).resource_changes ?? []).length;
  if (recorded === 0) continue;
  const unitsOf = (rows) => Math.max(1, Math.round(rows / recorded));
  for (const layout of LAYOUTS)
    compare(name.replace(/.plan\.json$/, ''), layout, (rows) => repeated(path, unitsOf(rows), layout));
}
if (worse.length > 0) {
  console.error(`\ngrows by more than it may:\n${worse.join('\n')}`);
  process.exitCode = 1;
}

function compare(name, layout, made) {
  const [few, one, four] = [1, least, least * TIMES].map((rows) => measure(made(rows)));
  const [before, after] = [one, four].map(({ rows, seconds }) => ((seconds - few.seconds) / rows) * 1e6);
  // A tenth of a second more or less is start-up: from one megabyte on code is optimised, from two on a plan stays in its file.
  const growth = after / Math.max(before, 1e6 * (0.1 / one.rows));
  console.log(`| ${[name, layout, four.rows, four.seconds.toFixed(2), after.toFixed(0), growth.toFixed(2)].join(' | ')} |`);
  if (growth > most) worse.push(`${name}, ${layout}: ${growth.toFixed(2)}`);
}

/** `files`: of the stack, by name; without any there is no configuration to look into. */
function measure({ rows, text, files = {} }) {
  const stack = mkdtempSync(join(folder, 'stack-'));
  for (const [name, file] of Object.entries({ 'plan.json': text, ...files })) writeFileSync(join(stack, name), file);
  const command = [
    join(dist, 'inlane.cjs'),
    'gate',
    'plan.json',
    '--lanes',
    resolve('fixtures/lanes/inlane.yaml'),
    '--as',
    'ci:deploy',
  ];
  const context = ['--workspace', 'orders-production', '--now', '2026-11-20T12:00:00Z', '--format', 'json'];
  const ran = spawnSync('/usr/bin/time', ['--format', '%U %S', process.execPath, ...command, ...context], {
    cwd: stack,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  rmSync(stack, { recursive: true });
  if (ran.status !== 0 && ran.status !== 1 && ran.status !== 3) throw new Error(`inlane ended with ${ran.status}: ${ran.stderr}`);
  const [user, system] = ran.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { rows, seconds: user + system };
}
