// The Postgres story, gated step by step: `npm run demo`. Needs no terraform and no network; the time is pinned.
// `node scripts/demo.mjs --table` prints the table of verdicts only.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const program = join(process.env.INLANE_DEMO_DIST ?? 'dist', 'inlane.cjs');
if (!existsSync(program)) execFileSync(process.execPath, ['scripts/build.mjs', '--no-types'], { stdio: 'inherit' });

const LANES = 'fixtures/lanes/inlane.yaml';
const NOW = '2026-11-20T12:00:00Z';
const PEOPLE = ['dana', 'agent:db-upgrader'];

/** Title and, per cloud, the recorded plan. The first block is the right way, the second what must be stopped. */
const STEPS = [
  [
    '1. stand up Postgres 16 beside 14',
    'stories/aws-postgres-1-create-beside',
    'recorded/google/postgres-create',
    'recorded/azure/postgres-create',
  ],
  [
    '2. cut the consumers over',
    'stories/aws-postgres-2-cutover',
    'recorded/google/postgres-cutover',
    'recorded/azure/postgres-cutover',
  ],
  ['3. take the deletion protection off', 'stories/aws-postgres-3-disarm', null, null],
  [
    '4. remove the old one',
    'stories/aws-postgres-4-remove-old',
    'recorded/google/postgres-destroy-old',
    'recorded/azure/postgres-destroy-old',
  ],
  ['wrong: remove before the cutover', 'stories/aws-postgres-wrong-remove-before-cutover', null, null],
  ['wrong: remove and create in one plan', 'stories/aws-postgres-wrong-remove-and-create-at-once', null, null],
  [
    'wrong: replace it in place',
    'stories/aws-postgres-wrong-replace-in-place',
    'recorded/google/postgres-replace',
    'recorded/azure/postgres-replace',
  ],
  [
    'wrong: remove without a successor',
    'stories/aws-postgres-wrong-destroy-without-successor',
    'recorded/google/destroy-all',
    'recorded/azure/destroy-stack',
  ],
];
const CLOUDS = ['aws', 'google', 'azure'];

function gate(story, as, format) {
  const plan = `fixtures/${story}/plan.json`;
  const args = [
    program,
    'gate',
    plan,
    '--lanes',
    LANES,
    '--as',
    as,
    '--now',
    NOW,
    '--workspace',
    'orders-production',
    '--format',
    format,
  ];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(INLANE_|GITHUB_|GITLAB_|CI)/.test(name)));
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === null || status === 2) throw new Error(`${plan} could not be decided:\n${stderr}`);
  return stdout;
}

if (!process.argv.includes('--table')) {
  console.log(
    'A database is moved from Postgres 14 to 16 in production. Dana is a developer of the owning team; nobody is asked.\n',
  );
  for (const [title, story] of STEPS) {
    console.log(`== ${title}\n`);
    console.log(gate(story, 'dana', 'text'));
  }
}

console.log('The same lane file for a person and for an agent, on three clouds:\n');
const header = ['step', ...PEOPLE.flatMap((who) => CLOUDS.map((cloud) => `${who.replace('agent:', '')} ${cloud}`))];
const table = STEPS.map(([title, ...stories]) => [
  title,
  ...PEOPLE.flatMap((who) => stories.map((story) => (story === null ? '-' : JSON.parse(gate(story, who, 'json')).verdict))),
]);
const widths = header.map((_, i) => Math.max(...[header, ...table].map((row) => row[i].length)));
for (const row of [header, ...table])
  console.log(
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
