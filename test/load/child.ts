import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growSlowly } from '../../src/cli/heap.ts';
import { load } from './run.ts';

/** One load run in a process of its own, for its peak of memory. Arguments: objects, share of faults, seed. Prints one line of JSON. */
const [objects, faults, seed] = process.argv.slice(2).map(Number) as [number, number, number];
const folder = mkdtempSync(join(tmpdir(), 'inlane-load-'));
try {
  growSlowly();
  const figures = await load({ objects, every: 100, faults, seed, folder });
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...figures, cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
