import { CloudFailure, type CloudName } from '../../providers/cloud.ts';
import { InlaneError } from '../errors.ts';
import type { StateFile } from '../plan/state.ts';
import { type Want, wantOf } from '../tags/wanted.ts';
import type { Checkpoint, Manifest } from './checkpoint.ts';
import type { ReadSummary } from './record.ts';
import { classified, type Run } from './run.ts';
import { SpoolWriter } from './spool.ts';

/** First pass: what each state wants, onto disk by target. One state is in memory at a time. */
export async function readStates(run: Run, checkpoint: Checkpoint<ReadSummary>, inputs: string): Promise<Manifest<ReadSummary>> {
  checkpoint.clear();
  const spool = new SpoolWriter(checkpoint.folder);
  const states: { path: string; sha256: string; objects: number }[] = [];
  const unreadStates: { path: string; why: string; hint: string }[] = [];
  const unlocated: ReadSummary['unlocated'][number][] = [];
  const notScanned: Record<string, number> = Object.create(null);
  let notTaggable = 0;
  let nothingWanted = 0;
  for (const source of run.sources) {
    let file: StateFile;
    try {
      file = source.read();
    } catch (error) {
      if (!(error instanceof InlaneError)) throw error;
      const hint = error.code === 'io' ? 'check the path' : (error.hint ?? 'see what the file is');
      unreadStates.push({ path: source.path, why: error.message, hint });
      continue;
    }
    const state = states.length;
    let objects = 0;
    for (const row of await classified(file, run)) {
      objects += 1;
      const want = await settled(wantOf(row, run.ruleset.attributes), run);
      if (want.kind === 'ask' && isAsked(want.object.place.target.cloud, run)) spool.add({ ...want.object, state });
      else if (want.kind === 'ask') count(notScanned, row.change.provider);
      else if (want.kind === 'no-cloud') count(notScanned, want.provider);
      else if (want.kind === 'unlocated') {
        const { kind: _, ...told } = want;
        unlocated.push({ state, address: row.change.address, ...told });
      } else if (want.kind === 'not-taggable') notTaggable += 1;
      else nothingWanted += 1;
    }
    states.push({ path: source.path, sha256: file.sha256, objects });
    run.options.onProgress?.({ phase: 'reading', done: state + 1, total: run.sources.length });
  }
  const manifest = {
    format: 'inlane-checkpoint/1' as const,
    inputs,
    targets: spool.finish(),
    read: { states, unreadStates, notTaggable, notScanned, nothingWanted, unlocated },
  };
  checkpoint.finishReading(manifest);
  return manifest;
}

/** What no state says of its account stands in the caller's own. */
async function settled(want: Want, { clouds, options }: Run): Promise<Want> {
  if (want.kind !== 'ask' || want.object.place.target.account !== '') return want;
  const { cloud } = want.object.place.target;
  if (options.clouds?.includes(cloud) === false) return want;
  try {
    const place = await (await clouds.of(cloud)).settled?.(want.object.place);
    return place === undefined ? want : { kind: 'ask', object: { ...want.object, place } };
  } catch (error) {
    if (!(error instanceof CloudFailure)) throw error;
    const { message, permission, hint } = error;
    return { kind: 'unlocated', why: `whose account it is in cannot be told: ${message}`, refused: { permission, hint } };
  }
}

function isAsked(cloud: CloudName, { options }: Run): boolean {
  return options.clouds?.includes(cloud) ?? true;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
