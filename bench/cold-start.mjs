// What a cold `inlane gate` costs beside bare Node, in CPU seconds of all threads (user and system, start and end of the process
// included), as medians over interleaved rounds; then a plan of 10 MB beside JSON.parse. `npm run bench`, or `node bench/cold-start.mjs [ROUNDS]`.
// bash measures: its `time` counts what a child and its threads used, which Node cannot ask for.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plan as generated } from './generate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const rounds = Number(process.argv[2] ?? 15);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('ROUNDS is a whole number from 1');
const folder = mkdtempSync(join(tmpdir(), 'inlane-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const dist = join(folder, 'dist');
run(['scripts/build.mjs', '--no-types', `--outdir=${dist}`]);
// The same package as another Node gets it: without a code cache that its V8 takes.
const bare = join(folder, 'dist-without-cache');
run(['scripts/build.mjs', '--no-types', `--outdir=${bare}`]);
rmSync(join(bare, 'cache'), { recursive: true });

const shared = process.env.INLANE_SHARED ?? '../shared';
const recorded = join(shared, 'recorded/aws/postgres-create/plan.json');
const plan = existsSync(recorded) ? recorded : 'fixtures/stories/aws-postgres-2-cutover/plan.json';
const options = '--lanes fixtures/lanes/inlane.yaml --as dana --workspace orders-production --now 2026-11-20T12:00:00Z'.split(
  ' ',
);
const gate = (file) => ['gate', file, ...options];
// What `plans.mjs` asks of inlane and of its peers: the plan of 21 rows under the few rules that all of them can say.
const few = join(folder, 'few.json');
writeFileSync(few, [...generated(21)].join(''));
const asPeers = ['gate', few, '--lanes', 'bench/peers/inlane.yaml', '--as', 'ci:deploy', '--format', 'json'];

writeFileSync(join(folder, 'empty.mjs'), '');
writeFileSync(
  join(folder, 'parse.mjs'),
  "import { readFileSync } from 'node:fs';\nconsole.log(JSON.parse(readFileSync(process.argv[2], 'utf8')).resource_changes.length);\n",
);

console.log(`node ${process.version}, V8 ${process.versions.v8}, ${rounds} rounds; ${describe(plan)}\n`);
table({
  'node -e 0': ['-e', '0'],
  'an empty ESM file': [join(folder, 'empty.mjs')],
  'JSON.parse of the plan': [join(folder, 'parse.mjs'), plan],
  'inlane --version': [join(dist, 'inlane.cjs'), '--version'],
  'inlane gate': [join(dist, 'inlane.cjs'), ...gate(plan)],
  'inlane gate, 21 rows, rules of the peers, JSON': [join(dist, 'inlane.cjs'), ...asPeers],
  'inlane gate, code cache of another V8': [join(bare, 'inlane.cjs'), ...gate(plan)],
});

// Node reads what NODE_EXTRA_CA_CERTS names whenever it starts, though nothing here speaks TLS: with the usual bundle that is longer than
// the rest of its start, and makes every ratio to it look better.
if (process.env.NODE_EXTRA_CA_CERTS) {
  delete process.env.NODE_EXTRA_CA_CERTS;
  console.log('\nwithout NODE_EXTRA_CA_CERTS, which is set here and was read by each of the above\n');
  table({
    'node -e 0': ['-e', '0'],
    'inlane gate': [join(dist, 'inlane.cjs'), ...gate(plan)],
    'inlane gate, 21 rows, rules of the peers, JSON': [join(dist, 'inlane.cjs'), ...asPeers],
  });
}

const big = join(shared, 'recorded/google/big/plan.json');
if (existsSync(big)) {
  console.log(`\n${describe(big)}\n`);
  table({
    'JSON.parse of the plan': [join(folder, 'parse.mjs'), big],
    'inlane gate': [join(dist, 'inlane.cjs'), ...gate(big)],
  });
} else console.log('\nno plan of 10 MB here: it stands in the shared material (INLANE_SHARED)');

function describe(file) {
  const { resource_changes: rows } = JSON.parse(readFileSync(file, 'utf8'));
  return `${file.slice(Math.max(0, file.indexOf('recorded')))}: ${rows.length} rows, ${(statSync(file).size / 1000).toFixed(0)} kB`;
}

/** Measures each command once a round; ratios are to the first. */
function table(commands) {
  const samples = Object.entries(commands).map(([name, args]) => ({ name, args, cpu: [], peak: [] }));
  for (let round = 0; round < rounds; round += 1) for (const sample of samples) measure(sample);
  const first = median(samples[0].cpu);
  const width = Math.max(...samples.map(({ name }) => name.length));
  console.log(`${''.padEnd(width)}  CPU ms (best)   ratio   peak MB`);
  for (const { name, cpu, peak } of samples) {
    const ms = `${median(cpu).toFixed(0)} (${Math.min(...cpu).toFixed(0)})`;
    console.log(
      `${name.padEnd(width)}  ${ms.padStart(13)}  ${(median(cpu) / first).toFixed(2).padStart(6)}  ${peak.length > 0 ? median(peak).toFixed(0).padStart(8) : '       -'}`,
    );
  }
}

/** Peak memory comes from GNU time, where it is installed. */
function measure({ args, cpu, peak }) {
  const output = join(folder, 'output');
  const timed = ['-c', `TIMEFORMAT='%3U %3S'; time "$@" > '${output}' 2> '${output}.err'`, 'bash', process.execPath, ...args];
  const { status, stderr, error } = spawnSync('bash', timed, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0 && status !== 1)
    throw new Error(`${args.join(' ')} ended with ${status}: ${readFileSync(`${output}.err`, 'utf8')}`);
  const times = stderr
    .trim()
    .split(/\s+/)
    .map((text) => Number(text.replace(',', '.')) * 1000);
  cpu.push(times[0] + times[1]);
  if (!existsSync('/usr/bin/time')) return;
  const again = spawnSync('/usr/bin/time', ['-f', '%M', '-o', `${output}.peak`, process.execPath, ...args], { stdio: 'ignore' });
  if (again.error) throw again.error;
  peak.push(Number(readFileSync(`${output}.peak`, 'utf8').trim().split('\n').at(-1)) / 1024);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function run(args) {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr}`);
}
