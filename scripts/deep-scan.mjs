// Load runs of the tag scan: 10,000 and 100,000 objects over 20 accounts on stand-ins of three clouds that hold the documented limits,
// on one virtual clock, with and without 5 % of the calls going wrong on purpose. Each runs in a process of its own, for its memory.
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const RUNS = [
  { objects: 10_000, faults: 0 },
  { objects: 100_000, faults: 0 },
  { objects: 10_000, faults: 0.05 },
  { objects: 100_000, faults: 0.05 },
];

/** Runs them, prints one table, and returns what is out of bounds, a line each. */
export async function scanLoads({ root, seed, tell }) {
  // Beside node_modules, so that packages left out of the bundle are found.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const out = mkdtempSync(join(root, 'node_modules/.cache/load-'));
  try {
    const child = await bundle(root, out);
    const runs = [];
    for (const { objects, faults } of RUNS) {
      const { stdout } = await promisify(execFile)(process.execPath, [child, String(objects), String(faults), String(seed)], {
        maxBuffer: 1 << 26,
      });
      runs.push({ ...JSON.parse(stdout), faults });
      tell(row(runs.at(-1)));
    }
    return [...runs.flatMap(broken), ...grown(runs)];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function bundle(root, out) {
  const outfile = join(out, 'child.mjs');
  await build({
    entryPoints: [join(root, 'test/load/child.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@aws-sdk/*', '@azure/*', '@google-cloud/*', 'google-gax', '@grpc/grpc-js', 'ajv'],
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; globalThis.require ??= requireOf(import.meta.url);",
    },
    logLevel: 'warning',
  });
  for (const cloud of readdirSync(join(root, 'providers'))) {
    const catalog = join(root, 'providers', cloud, 'catalog.json');
    if (!existsSync(catalog)) continue;
    mkdirSync(join(out, cloud));
    copyFileSync(catalog, join(out, cloud, 'catalog.json'));
  }
  copyFileSync(join(root, 'providers/classes.json'), join(out, 'classes.json'));
  return outfile;
}

export const HEAD =
  '| objects | calls struck | calls | throttled by a limit | share of the documented rate used | writes | planted | missed, twice, extra | virtual s | real s | CPU s | peak MB |\n' +
  '|---|---|---|---|---|---|---|---|---|---|---|---|';

function row({ objects, struck, calls, throttled, uses, writes, planted, missed, twice, extra, ...rest }) {
  const share = uses.map(({ pool, share }) => `${percent(share)} ${pool}`).join(', ') || '-';
  const written = Object.values(writes).reduce((sum, count) => sum + count, 0);
  const wrong = [missed, twice, extra].map((list) => list.length).join(', ');
  const { virtualSeconds, seconds, cpu, rss } = rest;
  const times = [virtualSeconds.toFixed(1), seconds.toFixed(1), cpu.toFixed(1), rss.toFixed(0)].join(' | ');
  return `| ${objects} | ${struck} | ${calls} | ${throttled} (${percent(throttled / calls)}) | ${share} | ${written} | ${planted} | ${wrong} | ${times} |`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** The bounds of each run by itself. */
function broken(run) {
  const name = `${run.objects} objects, ${run.struck} calls struck`;
  const found = [];
  const bound = (holds, what) => {
    if (!holds) found.push(`${name}: ${what}`);
  };
  bound(run.planted > 0 && run.missed.length === 0, `missed ${run.missed.length}: ${run.missed[0]}`);
  bound(run.twice.length === 0, `told twice ${run.twice.length}: ${run.twice[0]}`);
  bound(run.extra.length === 0, `told what is not so ${run.extra.length}: ${run.extra[0]}`);
  bound(run.inherited[0] === run.inherited[1], `${run.inherited[1]} inherited instead of ${run.inherited[0]}`);
  bound(run.unread.length === 0, `not read: ${run.unread[0]}`);
  bound(
    Object.values(run.writes).every((count) => count === 0),
    `it wrote: ${JSON.stringify(run.writes)}`,
  );
  bound(run.throttled / run.calls < 0.01, `${percent(run.throttled / run.calls)} of the calls were throttled`);
  // A run of few calls says nothing of a rate; one whose calls are struck waits as it is told to.
  if (run.objects >= 100_000 && run.faults === 0) {
    bound(
      ['aws', 'google', 'azure'].every((cloud) => run.uses.some((use) => use.cloud === cloud)),
      'a cloud was not asked often enough for a rate',
    );
    for (const { cloud, pool, share } of run.uses)
      bound(share >= 0.95, `${cloud}: ${percent(share)} of the limit of ${pool} used`);
  }
  if (run.faults > 0) bound(run.struck > run.calls * run.faults * 0.5, `only ${run.struck} calls were struck`);
  return found;
}

/** Memory does not grow with the objects. */
function grown(runs) {
  return [false, true].flatMap((struck) => {
    const [few, many] = runs.filter(({ faults }) => faults > 0 === struck);
    const times = many.rss / few.rss;
    return times <= 1.3 ? [] : [`memory of ${many.objects} objects is ${times.toFixed(2)} times that of ${few.objects}`];
  });
}
