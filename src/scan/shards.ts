import type { CloudTarget } from '../../providers/cloud.ts';
import { InlaneError } from '../errors.ts';
import { nearMiss } from '../lanes/nearest.ts';
import { printable } from '../plan/printable.ts';
import { type SpooledTarget, targetKey } from './spool.ts';

/** Targets that one machine scans; all of one cloud, so that it needs the credentials of one. */
export interface Shard {
  /** Letters, digits, dots, dashes: fit for the name of a file or a job. */
  readonly name: string;
  readonly targets: readonly SpooledTarget[];
  readonly objects: number;
}

/**
 * Splits targets into shards: one for each cloud and account, or at most `most` of about equal numbers of objects. The same targets give the
 * same shards. Throws `usage` where there are more clouds than shards.
 */
export function shardsOf(targets: readonly SpooledTarget[], most: number | undefined): readonly Shard[] {
  const sorted = [...targets].sort((a, b) => compareTexts(targetKey(a.target), targetKey(b.target)));
  const groups = most === undefined ? byAccount(sorted) : balanced(sorted, most);
  const taken = new Set<string>();
  return groups.map(({ name, targets: own }) => {
    let unique = name;
    for (let n = 2; taken.has(unique); n += 1) unique = `${name}-${n}`;
    taken.add(unique);
    return { name: unique, targets: own, objects: objectsOf(own) };
  });
}

/** Throws `usage`, with the nearest name. */
export function shardNamed(shards: readonly Shard[], name: string): Shard {
  const shard = shards.find((one) => one.name === name);
  if (shard !== undefined) return shard;
  const names = shards.map((one) => one.name);
  const close = nearMiss(name, names);
  throw new InlaneError(
    'usage',
    `no shard is called \`${printable(name)}\``,
    `${close === null ? '' : `did you mean \`${close}\`? `}\`inlane tags shards\` lists them; --shards must be the same here and there`,
  );
}

interface Group {
  readonly name: string;
  readonly targets: SpooledTarget[];
}

function byAccount(targets: readonly SpooledTarget[]): Group[] {
  const groups = new Map<string, Group>();
  for (const spooled of targets) {
    const { cloud, account } = spooled.target;
    const key = JSON.stringify([cloud, account]);
    const group = groups.get(key);
    if (group !== undefined) group.targets.push(spooled);
    else groups.set(key, { name: nameOf(spooled.target), targets: [spooled] });
  }
  return [...groups.values()];
}

function nameOf({ cloud, account }: CloudTarget): string {
  return account === '' ? cloud : `${cloud}-${account.replace(/[^A-Za-z0-9.-]/g, '-')}`;
}

/** Each cloud gets shards by its share of the objects, each shard then always the largest target that is left. */
function balanced(targets: readonly SpooledTarget[], most: number): Group[] {
  const clouds = new Map<string, SpooledTarget[]>();
  for (const spooled of targets) clouds.set(spooled.target.cloud, [...(clouds.get(spooled.target.cloud) ?? []), spooled]);
  if (clouds.size > most)
    throw new InlaneError(
      'usage',
      `${clouds.size} clouds do not go into ${most} shards`,
      'a shard holds one cloud: ask for more',
    );
  const shares = [...clouds].map(([cloud, own]) => ({ cloud, own, objects: objectsOf(own), shards: 1 }));
  for (let left = most - shares.length; left > 0; left -= 1) {
    const open = shares.filter(({ own, shards }) => shards < own.length);
    const [first, ...others] = open;
    if (first === undefined) break;
    const fullest = others.reduce((one, other) => (other.objects / other.shards > one.objects / one.shards ? other : one), first);
    fullest.shards += 1;
  }
  return shares.flatMap(({ cloud, own, shards }) => {
    const digits = String(shards).length;
    const groups = Array.from({ length: shards }, (_, n): Group & { objects: number } => {
      return { name: `${cloud}-${String(n + 1).padStart(digits, '0')}`, targets: [], objects: 0 };
    });
    for (const spooled of [...own].sort((a, b) => b.count - a.count)) {
      const emptiest = groups.reduce((one, other) => (other.objects < one.objects ? other : one));
      emptiest.targets.push(spooled);
      emptiest.objects += spooled.count;
    }
    for (const group of groups) group.targets.sort((a, b) => compareTexts(targetKey(a.target), targetKey(b.target)));
    return groups;
  });
}

function objectsOf(targets: readonly SpooledTarget[]): number {
  return targets.reduce((sum, { count }) => sum + count, 0);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}
