import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../src/scan/journal.ts';
import { Seeded } from '../seeded.ts';
import { arn, LANES, PROD, stateOf, table } from '../states.ts';
import { root } from '../stories.ts';

/** Every third point and a few at random; `npm run deep -- --only kill` takes every single one and 200 at random. */
const RANDOM = Number(process.env.INLANE_CASES ?? 6);
const STRIDE = process.env.INLANE_CASES === undefined ? 3 : 1;
const SEED = Number(process.env.INLANE_SEED ?? 20261129);

const NIGHTLY = LANES.replace(
  'guards:',
  '  nightly:\n    who: {kind: ci, id: nightly}\n    may: [{do: [update, reclassify]}]\nguards:',
);
const NAMES = Array.from({ length: 7 }, (_, n) => `1t${n}`);
/** What stands before: nothing on some, a wrong value on others, and keys that are nobody's business. */
const BEFORE: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  NAMES.map((name, n) => [
    arn('1', name),
    n % 3 === 0 ? { other: 'kept' } : n % 3 === 1 ? { environment: 'dev', other: 'kept' } : { team: 'developers' },
  ]),
);
const AFTER = Object.fromEntries(Object.entries(BEFORE).map(([id, tags]) => [id, { ...tags, ...PROD }]));

interface Ended {
  readonly killed: boolean;
  readonly out: { readonly points: number; readonly verdict: string; readonly done: number } | null;
  readonly err: string;
}

describe('a repair that is killed', () => {
  let shared = '';
  let child = '';
  beforeAll(async () => {
    // Beside node_modules, where the catalogs are as well.
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
    shared = mkdtempSync(join(root, 'node_modules/.cache/kill-'));
    child = join(shared, 'child.mjs');
    await build({
      entryPoints: [join(root, 'test/kill/child.ts')],
      outfile: child,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      external: ['@aws-sdk/*', '@azure/*', '@google-cloud/*', 'google-gax', '@grpc/grpc-js'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'warning',
    });
    for (const folder of ['aws', 'generic']) {
      mkdirSync(join(shared, folder), { recursive: true });
      copyFileSync(join(root, 'providers', folder, 'catalog.json'), join(shared, folder, 'catalog.json'));
    }
    copyFileSync(join(root, 'providers/classes.json'), join(shared, 'classes.json'));
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  let worlds = 0;
  function world(): string {
    worlds += 1;
    const folder = join(shared, `world-${worlds}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'inlane.yaml'), NIGHTLY);
    writeFileSync(join(folder, 'state.json'), stateOf(...NAMES.map((name) => table('1', name, PROD))));
    const lines = Object.entries(BEFORE).flatMap(([id, tags]) =>
      Object.entries(tags).map(([key, value]) => ({ id, key, value })),
    );
    writeFileSync(join(folder, 'cloud.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return folder;
  }

  function run(folder: string, what: 'repair' | 'undo', at: number, share = 0): Promise<Ended> {
    return new Promise((done, failed) => {
      const process_ = spawn(process.execPath, [child, folder, what, String(at), String(share)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [out, err] = ['', ''];
      process_.stdout.on('data', (text: Buffer) => (out += text.toString()));
      process_.stderr.on('data', (text: Buffer) => (err += text.toString()));
      process_.on('error', failed);
      process_.on('close', (_, signal) => done({ killed: signal === 'SIGKILL', out: out === '' ? null : JSON.parse(out), err }));
    });
  }

  /** The cloud's truth, and how often each key of each object was written to one value. */
  function cloud(folder: string): { tags: Record<string, Record<string, string>>; writes: Map<string, number> } {
    const tags: Record<string, Record<string, string>> = {};
    const writes = new Map<string, number>();
    for (const line of readFileSync(join(folder, 'cloud.jsonl'), 'utf8').split('\n').slice(0, -1)) {
      const { id, key, value } = JSON.parse(line) as { id: string; key: string; value: string | null };
      tags[id] ??= {};
      const own = tags[id] as Record<string, string>;
      if (value === null) delete own[key];
      else own[key] = value;
      const name = JSON.stringify([id, key, value]);
      writes.set(name, (writes.get(name) ?? 0) + 1);
    }
    return { tags, writes };
  }

  /** Kills one run (of the repair, or of its undoing) at a point, runs it again to its end, and looks. */
  async function killed(what: 'repair' | 'undo', at: number, share: number): Promise<void> {
    const folder = world();
    const named = `${what} killed at ${at}, ${share}`;
    if (what === 'undo') expect((await run(folder, 'repair', -1)).out?.verdict).toBe('applied');
    const first = await run(folder, what, at, share);
    expect(first.killed, `${named}: ${first.err}`).toBe(true);
    const again = await run(folder, what, -1);
    expect(again.err, named).toBe('');
    expect(['applied', 'clean'], named).toContain(again.out?.verdict);
    const { tags, writes } = cloud(folder);
    expect(tags, named).toEqual(what === 'repair' ? AFTER : BEFORE);
    // A write whose answer the kill swallowed may be made once more, which changes nothing; never more.
    expect(Math.max(...writes.values()), named).toBeLessThanOrEqual(2);
    readJournal(join(folder, 'journal.jsonl'), 'journal.jsonl');
    if (what === 'repair') {
      expect(['applied', 'clean']).toContain((await run(folder, 'undo', -1)).out?.verdict);
      expect(cloud(folder).tags, `${named}, undone`).toEqual(BEFORE);
    }
    rmSync(folder, { recursive: true, force: true });
  }

  test('before and after writes to the journal, fsyncs and keys that reach the cloud, and at random bytes', async () => {
    const points = (await run(world(), 'repair', -1)).out?.points ?? 0;
    const whole = world();
    await run(whole, 'repair', -1);
    const undoPoints = (await run(whole, 'undo', -1)).out?.points ?? 0;
    expect(points).toBeGreaterThan(40);
    expect(undoPoints).toBeGreaterThan(40);
    const seeded = new Seeded(SEED);
    const oneOf = pLimit(Math.max(1, cpus().length));
    const some = (all: number) => [...Array(all).keys()].filter((at) => at % STRIDE === SEED % STRIDE);
    const every = some(points).map((at) => () => killed('repair', at, 0.5));
    const everyUndo = some(undoPoints).map((at) => () => killed('undo', at, 0.5));
    const random = Array.from({ length: RANDOM }, () => {
      const what = seeded.below(2) === 0 ? ('repair' as const) : ('undo' as const);
      const [at, share] = [seeded.below(what === 'repair' ? points : undoPoints), seeded.below(1000) / 1000];
      return () => killed(what, at, share);
    });
    await Promise.all([...every, ...everyUndo, ...random].map((one) => oneOf(one)));
    console.log(
      `killed ${every.length + everyUndo.length + RANDOM} times: at ${every.length} of ${points} points of a repair, ${everyUndo.length} of ${undoPoints} of its undoing, ${RANDOM} at random`,
    );
  }, 900_000);
});
