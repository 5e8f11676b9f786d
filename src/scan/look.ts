import pLimit from 'p-limit';
import type { CloudClient, CloudName } from '../../providers/cloud.ts';
import { carrierKeys } from '../tags/key.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ObjectResult, ReadSummary, SweptTarget } from './record.ts';
import type { Run } from './run.ts';
import type { SpooledTarget } from './spool.ts';
import { sweep } from './sweep.ts';

/** Second pass: every target side by side, each cloud's SDK loaded once and only where it is needed. */
export async function look(targets: readonly SpooledTarget[], run: Run, checkpoint: Checkpoint<ReadSummary>): Promise<void> {
  const { options } = run;
  const total = targets.reduce((sum, { count: objects }) => sum + objects, 0);
  let done = 0;
  const keys = carrierKeys([...run.ruleset.attributes.values()]);
  const clients = new Map<CloudName, CloudClient>();
  for (const { target } of targets) clients.set(target.cloud, await run.clouds.of(target.cloud));
  const oneOf = pLimit(options.targets ?? 64);
  const swept = targets.map((spooled) =>
    oneOf(() =>
      sweep(spooled, {
        folder: checkpoint.folder,
        client: clients.get(spooled.target.cloud) as CloudClient,
        log: checkpoint.logOf(spooled),
        workers: options.workers ?? 16,
        unmanaged: options.unmanaged ?? false,
        keys,
        onLooked: (objects) => {
          done += objects;
          options.onProgress?.({ phase: 'looking', done, total });
        },
      }),
    ),
  );
  // A defect in one target does not cut the others off in the middle of a write.
  for (const result of await Promise.allSettled(swept)) if (result.status === 'rejected') throw result.reason;
}

/** One target's share of what was found. Throws where objects are not accounted for. */
export function sweptTarget(spooled: SpooledTarget, checkpoint: Checkpoint<ReadSummary>): SweptTarget {
  let inherited = 0;
  let looked = 0;
  const results: ObjectResult[] = [];
  const unmanaged: SweptTarget['unmanaged'][number][] = [];
  const failures: SweptTarget['failures'][number][] = [];
  for (const record of checkpoint.logOf(spooled).records()) {
    if (record.kind === 'looked') {
      looked += record.objects.length;
      inherited += record.inherited;
      results.push(...record.results);
    } else if (record.kind === 'unmanaged') unmanaged.push(...record.items);
    else if (record.kind === 'failed') failures.push(record);
  }
  const missing = spooled.count - looked - failures.reduce((sum, { objects }) => sum + objects, 0);
  // Objects in = objects accounted for, or the report must not be made.
  if (missing !== 0) throw new Error(`${missing} objects of a target are not accounted for`);
  return {
    target: spooled.target,
    inherited,
    looked,
    results: results.sort((a, b) => a.n - b.n),
    unmanaged: unmanaged.sort((a, b) => (a.id < b.id ? -1 : 1)),
    failures: failures.map(({ what, objects, why, permission, hint }) => ({ what, objects, why, permission, hint })),
  };
}
