// How the time of `inlane gate` grows with a plan: every recorded plan many times over, in three layouts, at two sizes of which the second
// has four times the rows of the first. CPU seconds of the whole process (GNU time), less those for the plan as it was recorded, per row.
// What costs the square of the rows costs four times as much a row. Ends with 1 where some plan grows by more than it may.
// `node bench/growth.mjs [--rows N] [--most RATIO] [PART OF A PLAN'S PATH ...]`
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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

const plans = readdirSync(RECORDED, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('plan.json') && (parts.length === 0 || parts.some((part) => path.includes(part))))
  .sort();
if (plans.length === 0) throw new Error(`no plan in ${RECORDED} has such a path`);

console.log(`node ${process.version}; ${least} and ${least * TIMES} rows; at most ${most} times the time a row\n`);
console.log('| plan | layout | rows | CPU s | microseconds a row | times that of a fourth |\n|---|---|---|---|---|---|');
const worse = [];
for (const plan of plans) {
  const path = join(RECORDED, plan);
  const recorded = (JSON.parse(readFileSync(path, 'utf8')).resource_changes ?? []).length;
  if (recorded === 0) continue;
  for (const layout of LAYOUTS) {
    const few = measure(repeated(path, 1, layout));
    const sizes = [least, least * TIMES].map((rows) => measure(repeated(path, Math.max(1, Math.round(rows / recorded)), layout)));
    const [one, four] = sizes.map(({ rows, seconds }) => ((seconds - few.seconds) / rows) * 1e6);
    // Two hundredths of a second more or less are nothing: GNU time tells no less than one.
    const growth = four / Math.max(one, 1e6 * (0.02 / sizes[0].rows));
    const row = [
      plan.replace(/\/plan\.json$/, ''),
      layout,
      sizes[1].rows,
      sizes[1].seconds.toFixed(2),
      four.toFixed(0),
      growth.toFixed(2),
    ];
    console.log(`| ${row.join(' | ')} |`);
    if (growth > most) worse.push(`${row[0]} in ${layout}: ${row[5]}`);
  }
}
if (worse.length > 0) {
  console.error(`\ngrows by more than it may:\n${worse.join('\n')}`);
  process.exitCode = 1;
}

function measure({ rows, text }) {
  const file = join(folder, 'plan.json');
  writeFileSync(file, text);
  const command = [join(dist, 'inlane.cjs'), 'gate', file, '--lanes', 'fixtures/lanes/inlane.yaml', '--as', 'ci:deploy'];
  const format = ['--now', '2026-11-20T12:00:00Z', '--format', 'json'];
  const ran = spawnSync('/usr/bin/time', ['--format', '%U %S', process.execPath, ...command, ...format], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0 && ran.status !== 1 && ran.status !== 3) throw new Error(`inlane ended with ${ran.status}: ${ran.stderr}`);
  const [user, system] = ran.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { rows, seconds: user + system };
}
