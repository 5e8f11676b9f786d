import * as fs from 'node:fs';
import { join } from 'node:path';
import { type ClientOptions, type CloudApi, type CloudClient, CloudFailure, type WriteAnswer } from '../../providers/cloud.ts';
import { repairTags } from '../../src/repair.ts';
import type { JournalFs } from '../../src/scan/journal.ts';

/**
 * One repair, or its undoing, against a cloud that is a log on disk, killed with SIGKILL at one point: before or after a write to the
 * journal, an fsync of it, or a cloud call; or within a write, after some of its bytes.
 * Arguments: folder, `repair` or `undo`, the number of the point (-1: none), the share of a write's bytes that still get out.
 * Prints {points, done}.
 */
const [folder, what, at, share] = process.argv.slice(2) as [string, 'repair' | 'undo', string, string];
const deadly = Number(at);
let points = 0;

function point(): void {
  if (points === deadly) process.kill(process.pid, 'SIGKILL');
  points += 1;
}

const journalFs: JournalFs = {
  ...fs,
  writeSync: ((descriptor: number, bytes: Buffer, from: number) => {
    point();
    if (points === deadly) {
      fs.writeSync(descriptor, bytes, from, Math.floor(Number(share) * (bytes.length - from)));
      process.kill(process.pid, 'SIGKILL');
    }
    points += 1;
    const written = fs.writeSync(descriptor, bytes, from);
    point();
    return written;
  }) as typeof fs.writeSync,
  fsyncSync: (descriptor) => {
    point();
    fs.fsyncSync(descriptor);
    point();
  },
};

const API: CloudApi = {
  name: 'log:Call',
  permissions: [],
  limit: { calls: 1_000_000, per: 1, of: 'target' },
  writes: true,
  source: 'assumed',
};
const log = join(folder, 'cloud.jsonl');

/** The cloud's truth is its log: a line for each key that was written, in order. */
function tags(): Map<string, Record<string, string>> {
  const objects = new Map<string, Record<string, string>>();
  for (const line of fs.readFileSync(log, 'utf8').split('\n').slice(0, -1)) {
    const { id, key, value } = JSON.parse(line) as { id: string; key: string; value: string | null };
    const own = objects.get(id) ?? {};
    if (value === null) delete own[key];
    else own[key] = value;
    objects.set(id, own);
  }
  return objects;
}

function client({ call }: ClientOptions): CloudClient {
  return {
    apis: [API],
    close: async () => {},
    open: async (target) => ({
      first: 'read',
      batch: 10,
      writeBatch: 3,
      read: (objects) =>
        call(API, target, async () => {
          const now = tags();
          return objects.map(({ place }) => {
            const own = now.get(place.id);
            if (own === undefined) return { state: 'unread', failure: new CloudFailure('unconfirmed', 'nothing', 'none') };
            return { state: 'found', tags: new Map(Object.entries(own)), inherited: new Map(), managedBy: null };
          });
        }),
      async *inventory() {},
      write: (edits) =>
        call(API, target, async () => {
          point();
          const lines = edits.flatMap(({ object, set, unset }) => [
            ...[...set].map(([key, value]) => ({ id: object.place.id, key, value })),
            ...[...unset].map((key) => ({ id: object.place.id, key, value: null })),
          ]);
          // Each key reaches the cloud by itself: a kill may come in between.
          for (const line of lines) {
            fs.appendFileSync(log, `${JSON.stringify(line)}\n`);
            point();
          }
          return edits.map((): WriteAnswer => ({ state: 'done' }));
        }),
    }),
  };
}

const { report } = await repairTags({
  states: ['state.json'],
  lanes: ['inlane.yaml'],
  cwd: folder,
  env: {},
  stdin: () => new Uint8Array(),
  now: '2026-11-20T12:00:00Z',
  as: 'ci:nightly',
  apply: true,
  allowWidening: true,
  maxChanges: 100,
  ...(what === 'undo' ? { undo: 'journal.jsonl' } : { journal: 'journal.jsonl' }),
  load: async (_, options) => client(options),
  journalFs,
});
console.log(JSON.stringify({ points, verdict: report.verdict, done: report.summary.done }));
