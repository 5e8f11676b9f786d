import { type CloudAnswer, CloudFailure } from '../../providers/cloud.ts';
import { compare, type TagDrift } from '../tags/drift.ts';
import type { JournaledKey } from './journal.ts';
import type { Damage } from './mend.ts';
import type { TargetFailure } from './record.ts';
import type { Run } from './run.ts';
import { type SpooledObject, type SpooledTarget, SpoolReader } from './spool.ts';

/** An object of a journal that cannot be undone, and why. */
export interface NotUndone extends Pick<TargetFailure, 'why' | 'permission' | 'hint'> {
  readonly cloud: SpooledTarget['target']['cloud'] | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly what: 'objects';
  readonly state: string | null;
  readonly objects: number;
  readonly addresses: readonly string[];
}

/**
 * What a journal's writes come to now: keys that still hold what was written are put back as they were, all others are left alone. Objects
 * are looked up in the states that are given, since the lanes ask what they are; each is read from its cloud first.
 */
export async function damagesToUndo(
  written: readonly JournaledKey[],
  targets: readonly SpooledTarget[],
  folder: string,
  run: Run,
): Promise<{ readonly damages: readonly Damage[]; readonly unread: readonly NotUndone[] }> {
  const byId = new Map<string, JournaledKey[]>();
  for (const key of written) byId.set(key.edit.place.id, [...(byId.get(key.edit.place.id) ?? []), key]);
  const damages: Damage[] = [];
  const unread: NotUndone[] = [];
  for (const target of targets) {
    const reader = new SpoolReader(folder, target);
    try {
      const objects = [...reader.objects()].map(({ object }) => object).filter(({ place }) => byId.has(place.id));
      if (objects.length === 0) continue;
      const answers = await readAll(objects, target, run);
      objects.forEach((object, index) => {
        const keys = byId.get(object.place.id) ?? [];
        byId.delete(object.place.id);
        const answer = answers[index] as CloudAnswer;
        if (answer.state === 'found') damages.push(damageOf(object, answer, keys));
        else unread.push(notUndone(object, answer));
      });
    } finally {
      reader.close();
    }
  }
  for (const [, [first]] of byId) if (first !== undefined) unread.push(unknownObject(first));
  return { damages, unread };
}

async function readAll(objects: readonly SpooledObject[], { target }: SpooledTarget, run: Run): Promise<readonly CloudAnswer[]> {
  try {
    const session = await (await run.clouds.of(target.cloud)).open(target);
    const answers: CloudAnswer[] = [];
    for (let at = 0; at < objects.length; at += session.batch)
      answers.push(...(await session.read(objects.slice(at, at + session.batch))));
    return answers;
  } catch (failure) {
    if (!(failure instanceof CloudFailure)) throw failure;
    return objects.map(() => ({ state: 'unread', failure }));
  }
}

function damageOf(object: SpooledObject, answer: CloudAnswer & { state: 'found' }, keys: readonly JournaledKey[]): Damage {
  const restore = new Map<string, string | null>();
  for (const { key, before, set } of keys) {
    const now = answer.tags.get(key) ?? null;
    if (now === set && now !== before) restore.set(key, before);
  }
  const state = compare(object, answer);
  const drifts: TagDrift[] = state.kind === 'read' ? [...state.drifts] : [];
  for (const key of restore.keys()) {
    if (drifts.some((drift) => drift.key === key)) continue;
    const found = answer.tags.get(key) ?? null;
    drifts.push({ verdict: 'drifted', attribute: key, key, wanted: found, found, own: found, inConfiguration: true });
  }
  return { result: object, drifts, managedBy: answer.managedBy, restore };
}

function notUndone(object: SpooledObject, answer: CloudAnswer): NotUndone {
  const { cloud, account, region } = object.place.target;
  const about = { cloud, account, region, what: 'objects' as const, state: null, objects: 1, addresses: [object.address] };
  if (answer.state === 'unread') {
    const { message: why, permission, hint } = answer.failure;
    return { ...about, why, permission, hint };
  }
  const why = answer.state === 'gone' ? 'it is gone' : 'it cannot carry tags';
  return { ...about, why, permission: null, hint: 'nothing of it can be undone' };
}

function unknownObject({ edit }: JournaledKey): NotUndone {
  const { cloud, account, region } = edit.place.target;
  return {
    cloud,
    account,
    region,
    what: 'objects',
    state: edit.state,
    objects: 1,
    addresses: [edit.address],
    why: 'it is in none of the states that were given',
    permission: null,
    hint: 'give the states that the repair was given',
  };
}
