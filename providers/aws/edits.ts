import { CloudFailure, type TagEdit, type WriteAnswer } from '../cloud.ts';
import { parseArn } from './arn.ts';
import { isGroup, writeGroup } from './autoscaling.ts';
import type { Door } from './door.ts';
import { writeEntity } from './iam.ts';
import { KEYS_AT_MOST, removeTags, writeTags } from './tagging.ts';

/** An edit and the whole ARN of its object. */
interface Aimed {
  readonly edit: TagEdit;
  readonly arn: string;
}

/** One answer for each edit, in order. */
export async function writeEdits(door: Door, aimed: readonly Aimed[]): Promise<WriteAnswer[]> {
  const answers = aimed.map(({ edit, arn }): WriteAnswer | null => {
    const failure = refusal(edit, arn);
    return failure === null ? null : { state: 'failed', failure };
  });
  const open = [...aimed.keys()].filter((index) => answers[index] === null);
  const isNative = (index: number) => /^(iam|autoscaling)$/.test(parseArn(aimed[index]?.arn)?.service ?? '');
  await Promise.all([
    ...open.filter(isNative).map(async (index) => {
      answers[index] = await writeNative(door, aimed[index] as Aimed).catch(failed);
    }),
    writeShared(
      door,
      aimed,
      open.filter((index) => !isNative(index)),
      answers,
    ),
  ]);
  return answers.map((answer) => answer ?? failed(new CloudFailure('refused', 'the edit was not made', 'run the repair again')));
}

/** What is never written, whatever the caller asks. */
function refusal({ set, unset }: TagEdit, arn: string): CloudFailure | null {
  if (parseArn(arn)?.service === 'cloudformation') {
    return new CloudFailure(
      'refused',
      `tagging \`${arn}\` would have CloudFormation update the stack`,
      'change the tags of the stack where it is defined',
    );
  }
  const reserved = [...set.keys(), ...unset].find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) {
    return new CloudFailure('refused', `\`${reserved}\` is a key of AWS itself`, 'keys that start with `aws:` cannot be edited');
  }
  if (set.size <= KEYS_AT_MOST && unset.size <= KEYS_AT_MOST) return null;
  return new CloudFailure('refused', `more than ${KEYS_AT_MOST} keys in one edit`, 'an AWS resource carries 50 tags at most');
}

function writeNative(door: Door, { edit, arn }: Aimed): Promise<WriteAnswer> {
  if (isGroup(arn)) return writeGroup(door, edit.object, arn, edit.set, edit.unset);
  return writeEntity(door, arn, edit.set, edit.unset);
}

/** Edits with the same keys and values share calls. What is to be removed is removed where the rest has been written. */
async function writeShared(
  door: Door,
  aimed: readonly Aimed[],
  indexes: readonly number[],
  answers: (WriteAnswer | null)[],
): Promise<void> {
  const arn = (index: number) => aimed[index]?.arn ?? '';
  for (const index of indexes) answers[index] = { state: 'done' };
  const take = (group: readonly number[], written: ReadonlyMap<string, WriteAnswer>) => {
    for (const index of group) answers[index] = written.get(arn(index)) ?? null;
  };
  for (const group of alike(indexes, (index) => [...(aimed[index]?.edit.set ?? [])])) {
    const set = aimed[group[0] ?? 0]?.edit.set;
    if (set !== undefined && set.size > 0) take(group, await writeTags(door, group.map(arn), set));
  }
  const done = indexes.filter((index) => answers[index]?.state === 'done');
  for (const group of alike(done, (index) => [...(aimed[index]?.edit.unset ?? [])])) {
    const unset = aimed[group[0] ?? 0]?.edit.unset;
    if (unset !== undefined && unset.size > 0) take(group, await removeTags(door, group.map(arn), [...unset]));
  }
}

function alike(indexes: readonly number[], parts: (index: number) => readonly (string | readonly string[])[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const index of indexes) {
    const key = JSON.stringify([...parts(index)].map((part) => JSON.stringify(part)).sort());
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

function failed(error: unknown): WriteAnswer {
  if (error instanceof CloudFailure) return { state: 'failed', failure: error };
  throw error;
}
