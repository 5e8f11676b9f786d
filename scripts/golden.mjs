// Rewrites the expected.* files of fixtures/golden (`npm run golden`); read what changed before you keep it. Exit codes stand in
// case.json and are written by hand. Arguments go to vitest: `npm run golden -- -t freeze`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.env.CI) {
  console.error('golden files are not rewritten in a pipeline (CI is set)');
  process.exit(2);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/golden.test.ts', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, INLANE_GOLDEN: 'write' },
  stdio: 'inherit',
});
process.exit(status ?? 1);
