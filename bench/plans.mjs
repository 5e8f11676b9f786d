// `inlane gate` beside what people use today, on plans of 21 to 205,000 rows. Every pair is measured in turn, in the same run: CPU
// seconds (user and system) and wall seconds of the whole process, and its peak memory, all by GNU time; medians, with the least and
// the most. `node bench/plans.mjs [--rounds N] [--rows N,N,...] [--huge] [--check]`
//   --huge   adds the plan of 205,000 rows (1 GB), measured once
//   --check  fails where a ratio of this run is worse than bench/ratios.json allows
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plan, planted } from './generate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string', default: '21,2000,31000' },
    huge: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
const rounds = Number(given.rounds);
const sizes = given.rows.split(',').map(Number);
if (given.huge) sizes.push(205_000);
if (![rounds, ...sizes].every((number) => Number.isInteger(number) && number > 0)) throw new Error('N is a whole number from 1');
if (!existsSync('/usr/bin/time')) throw new Error('GNU time measures: `apt-get install time`');

const folder = mkdtempSync(join(tmpdir(), 'inlane-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
const built = spawnSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${dist}`], { encoding: 'utf8' });
if (built.status !== 0) throw new Error(built.stderr);

/** One after another: `command` with the plan's name, what it `found`, and how to get it where it is not there. */
const TOOLS = [
  { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] },
  {
    name: 'JSON.parse',
    command: (file) => [
      process.execPath,
      '-e',
      "console.log(JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8')).resource_changes.length)",
      file,
    ],
    found: Number,
    wanted: ({ rows }) => rows,
  },
  {
    name: 'inlane gate',
    command: (file) => [
      process.execPath,
      join(dist, 'inlane.cjs'),
      'gate',
      file,
      '--lanes',
      'bench/peers/inlane.yaml',
      '--as',
      'ci:deploy',
      '--format',
      'json',
    ],
    found: (text) => JSON.parse(text).summary.deny,
  },
  { name: 'jq', command: (file) => ['jq', '-f', 'bench/peers/policy.jq', file], found: Number, install: 'apt-get install jq' },
  {
    name: 'conftest',
    command: (file) => ['conftest', 'test', '--policy', 'bench/peers/policy.rego', '--output', 'json', file],
    found: (text) => JSON.parse(text).reduce((sum, { failures = [] }) => sum + failures.length, 0),
    install: 'go install github.com/open-policy-agent/conftest@v0.71.1',
  },
  {
    name: 'opa eval',
    command: (file) => [
      'opa',
      'eval',
      '--data',
      'bench/peers/policy.rego',
      '--input',
      file,
      '--format',
      'raw',
      'count(data.main.deny)',
    ],
    found: Number,
    install: 'go install github.com/open-policy-agent/opa@v1.22.0',
  },
  {
    name: 'kyverno-json',
    command: (file) => ['kyverno-json', 'scan', '--policy', 'bench/peers/kyverno.yaml', '--payload', file],
    found: (text) => [...text.matchAll(/Invalid value: (\d+)/g)].reduce((sum, [, rows]) => sum + Number(rows), 0),
    install: 'go install github.com/kyverno/kyverno-json@v0.0.4-0.20240730143747-aade3d42fc0e',
  },
  {
    name: 'checkov',
    command: (file) => [
      'checkov',
      '--file',
      file,
      '--external-checks-dir',
      'bench/peers/checkov',
      '--check',
      'CKV2_BENCH_1',
      '--output',
      'json',
      '--compact',
      '--quiet',
      '--skip-download',
    ],
    found: (text) => {
      const report = JSON.parse(text);
      return [report].flat().reduce((sum, one) => sum + (one.summary?.failed ?? one.failed ?? 0), 0);
    },
    install: 'pip install checkov==3.3.30',
    most: 2000,
  },
];

const there = TOOLS.filter(({ command }) => isThere(command('')[0]));
for (const { name, install } of TOOLS.filter((tool) => !there.includes(tool)))
  console.log(`skipped: ${name} is not on PATH (\`${install}\`)`);
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} CPUs; node ${process.version}; ${versions()}`);

const failures = [];
for (const rows of sizes) {
  const file = join(folder, 'plan.json');
  write(file, rows);
  const want = planted(rows);
  const denied = want.destroy + want.tags;
  console.log(`\n${want.rows} rows, ${(statSync(file).size / 1e6).toFixed(1)} MB, ${denied} planted denials\n`);
  const tools = there.filter(({ most = Number.POSITIVE_INFINITY }) => rows <= most);
  const samples = new Map(tools.map((tool) => [tool, []]));
  for (let round = 0; round < (rows > 100_000 ? 1 : rounds); round += 1)
    for (const tool of tools) samples.get(tool).push(measure(tool, file));
  table(samples, want, denied);
  rmSync(file);
  if (given.check) failures.push(...check(rows, samples));
}
if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exitCode = 1;
}

function isThere(program) {
  return program.includes('/')
    ? existsSync(program)
    : (process.env.PATH ?? '').split(delimiter).some((path) => existsSync(join(path, program)));
}

function versions() {
  const ask = { jq: '--version', conftest: '--version', 'opa eval': 'version', checkov: '--version' };
  return there
    .filter(({ name }) => name in ask)
    .map(
      ({ name, command }) =>
        `${name} ${spawnSync(command('')[0], [ask[name]], { encoding: 'utf8' }).stdout.match(/\d+(\.\d+)+/g)?.[0] ?? '?'}`,
    )
    .join(', ');
}

function write(file, rows) {
  const descriptor = openSync(file, 'w');
  let held = '';
  const flush = () => {
    const bytes = Buffer.from(held);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    held = '';
  };
  for (const piece of plan(rows)) {
    held += piece;
    if (held.length > 1 << 20) flush();
  }
  flush();
  closeSync(descriptor);
}

function measure({ command, found }, file) {
  const output = join(folder, 'output');
  const descriptor = openSync(output, 'w');
  const { error } = spawnSync('/usr/bin/time', ['-o', `${output}.time`, '-f', '%U %S %e %M', ...command(file)], {
    stdio: ['ignore', descriptor, 'ignore'],
  });
  closeSync(descriptor);
  if (error) throw error;
  const [user, system, wall, peak] = readFileSync(`${output}.time`, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  let number = null;
  try {
    number = found === undefined ? null : found(readFileSync(output, 'utf8'));
  } catch {
    number = 'none';
  }
  return { cpu: user + system, wall, peak: peak / 1024, number };
}

function table(samples, want, denied) {
  const base = [...samples].find(([{ name }]) => name === 'JSON.parse')?.[1];
  console.log('| tool | CPU s, median (least - most) | wall s | peak MB | CPU / JSON.parse | found / planted |');
  console.log('|---|---|---|---|---|---|');
  for (const [{ name, wanted }, all] of samples) {
    const cpu = all.map((sample) => sample.cpu);
    const spread = `${median(cpu).toFixed(2)} (${Math.min(...cpu).toFixed(2)} - ${Math.max(...cpu).toFixed(2)})`;
    const ratio = base ? (median(cpu) / median(base.map((sample) => sample.cpu))).toFixed(2) : '-';
    const number = all.at(-1).number;
    const right = wanted?.(want) ?? denied;
    const told = number === null ? '-' : `${number} / ${right}${number === right ? '' : ' **wrong**'}`;
    const wall = median(all.map((sample) => sample.wall)).toFixed(2);
    console.log(
      `| ${name} | ${spread} | ${wall} | ${Math.max(...all.map((sample) => sample.peak)).toFixed(0)} | ${ratio} | ${told} |`,
    );
  }
}

/** Ratios to JSON.parse of the same run, never absolute times. */
function check(rows, samples) {
  const limits = JSON.parse(readFileSync('bench/ratios.json', 'utf8'))[rows];
  if (limits === undefined) return [];
  const of = (wanted, key) => median([...samples].find(([{ name }]) => name === wanted)[1].map((sample) => sample[key]));
  return ['cpu', 'peak'].flatMap((key) => {
    const ratio = of('inlane gate', key) / of('JSON.parse', key);
    return ratio <= limits[key]
      ? []
      : [`${rows} rows: ${key} is ${ratio.toFixed(2)} x JSON.parse, at most ${limits[key]} was reached before`];
  });
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
