import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonChunks } from '../../src/report/json.ts';
import { scanReport } from '../../src/report/scan/build.ts';
import { Seeded } from '../seeded.ts';
import { root } from '../stories.ts';
import { organisation } from './organisation.ts';

/** `INLANE_CASES`: resources of the larger organisation (`npm run deep -- --only merge`: 1,000,000); the other has a tenth of them. */
const RESOURCES = Number(process.env.INLANE_CASES ?? 0);
const SEED = Number(process.env.INLANE_SEED ?? 20_261_120);

/** V8 lets garbage lie while there is room: little room, so that what is measured is what is needed. */
const HEAP = ['--max-old-space-size=24', '--max-semi-space-size=1'];

let folder: string;
let programme: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-memory-'));
  const dist = join(folder, 'dist');
  if (RESOURCES > 0)
    execFileSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${dist}`], { cwd: root, stdio: 'pipe' });
  programme = join(dist, 'inlane.cjs');
  writeFileSync(
    join(folder, 'peak.cjs'),
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));",
  );
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(RESOURCES === 0)('50 shards of an organisation in three clouds', () => {
  it('merge to the bytes of one run, in memory that does not grow with it', () => {
    const few = peakOf(RESOURCES / 10);
    const many = peakOf(RESOURCES);
    console.log(`${RESOURCES / 10} resources: ${few} kB at most; ${RESOURCES}: ${many} kB; ${(many / few).toFixed(2)} times`);
    expect(many / few).toBeLessThanOrEqual(1.3);
  }, 3_600_000);
});

/** Kilobytes that the merge of so many resources took at its peak; the report's bytes are compared on the way. */
function peakOf(resources: number): number {
  const place = join(folder, String(resources));
  mkdirSync(place);
  const { shards, whole, write } = organisation(resources, 50);
  expect(shards.length).toBe(50);
  const random = new Seeded(SEED);
  const files = shards.map((shard) => write(shard, place));
  const again = random.some(shards, 7).map((shard) => write(shard, place, `again-${shard.name}.jsonl`));
  const names = random.some([...files, ...again], files.length + again.length);
  const { status, stderr } = spawnSync(
    process.execPath,
    [...HEAP, '--require', join(folder, 'peak.cjs'), programme, 'tags', 'merge', ...names, '--format', 'json=all.json'],
    { cwd: place, encoding: 'utf8', env: { PATH: process.env.PATH, PEAK_FILE: join(place, 'peak') } },
  );
  expect(stderr).toBe('');
  expect(status).toBe(2);
  expect(digestOf([readFileSync(join(place, 'all.json'))])).toBe(digestOf(jsonChunks(scanReport(whole))));
  return Number(readFileSync(join(place, 'peak'), 'utf8'));
}

function digestOf(chunks: Iterable<string | Buffer>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
