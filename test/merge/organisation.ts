import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudName, CloudTarget } from '../../providers/cloud.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { reportRules } from '../../src/report/build.ts';
import type { ScanInput } from '../../src/report/scan/model.ts';
import { type ShardInput, shardLines } from '../../src/report/scan/shard.ts';
import { plannedTargets } from '../../src/report/shards/build.ts';
import type { ObjectResult, ReadSummary, SweptTarget, UnmanagedItem } from '../../src/scan/record.ts';
import { type Shard, shardsOf } from '../../src/scan/shards.ts';
import type { SpooledTarget } from '../../src/scan/spool.ts';
import type { Shift } from '../../src/tags/authority.ts';

/** What scans of an organisation in three clouds would have found: records alone, no cloud is asked. The same numbers make the same records. */
export interface Organisation {
  readonly shards: readonly Shard[];
  /** As one machine would have seen it. */
  readonly whole: ScanInput;
  /** Writes the result of a shard; `more`: what differs from one run to another. */
  write(shard: Shard, folder: string, name?: string, more?: Partial<ShardInput>): string;
}

/** Places by cloud: 60 accounts and regions, 35 projects, 25 subscriptions. */
const PLACES: readonly (readonly [CloudName, number])[] = [
  ['aws', 60],
  ['google', 35],
  ['azure', 25],
];
const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;

export function organisation(resources: number, shards: number): Organisation {
  const targets = spooledTargets(resources);
  const states = Math.max(3, Math.ceil(resources / 2_000));
  const read: ReadSummary = {
    states: Array.from({ length: states }, (_, n) => {
      const objects = Math.floor((resources * (n + 1)) / states) - Math.floor((resources * n) / states) + (n === 0 ? 9 : 0);
      return { path: `states/${n}.json`, sha256: String(n).padStart(64, '0'), objects };
    }),
    unreadStates: [],
    notTaggable: 4,
    notScanned: { 'hashicorp/kubernetes': 3 },
    nothingWanted: 2,
    unlocated: [],
  };
  const ruleset = { files: [{ path: 'inlane.yaml', level: 'org', sha256: 'a'.repeat(64) }] } as unknown as Ruleset;
  const input = {
    read,
    shiftOf,
    ruleset,
    ownerKeys: new Set(['team']),
    diagnostics: [],
    orphans: { olderThan: '30d', before: NOW - 30 * DAY },
  };
  const plan = shardsOf(targets, shards);
  const common = { inputs: 'f'.repeat(64), plan: plannedTargets(plan), rules: reportRules(ruleset) };
  return {
    shards: plan,
    whole: { ...input, shard: null, targets: targets.map((target) => swept(target, states)) },
    write: (shard, folder, name = `${shard.name}.jsonl`, more = {}) => {
      const own = shard.targets.map((target) => swept(target, states));
      const mine = { name: shard.name, others: resources - shard.objects };
      const part = { ...input, ...common, shard: mine, targets: own, ...more };
      writeFileSync(join(folder, name), [...shardLines(part)].join(''));
      return name;
    },
  };
}

/** Sizes differ by a factor of about 8; in the order of the report. */
function spooledTargets(resources: number): SpooledTarget[] {
  const places = PLACES.flatMap(([cloud, many]) => Array.from({ length: many }, (_, n) => targetOf(cloud, n)));
  const weights = places.map((_, n) => 1 + ((n * 7) % 8));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return places
    .map((target, n): SpooledTarget => {
      const from = Math.floor((resources * before) / all);
      before += weights[n] as number;
      return { target, file: String(n), count: Math.floor((resources * before) / all) - from };
    })
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ target: { cloud, partition, account, region } }: SpooledTarget) =>
  JSON.stringify([cloud, partition, account, region]);

function targetOf(cloud: CloudName, n: number): CloudTarget {
  if (cloud === 'aws')
    return { cloud, partition: 'aws', account: String(100_000_000_000 + Math.floor(n / 3)), region: `eu-west-${(n % 3) + 1}` };
  return { cloud, partition: null, account: cloud === 'google' ? `project-${n}` : `00000000-0000-0000-0000-${n}`, region: null };
}

/** One object in 12 is not as wanted, one in 40 as many stands there unmanaged; two targets were not let in. */
function swept({ target, file, count }: SpooledTarget, states: number): SweptTarget {
  const refused = file === '7' || file === '77';
  const failure = {
    what: 'objects',
    objects: count,
    why: 'access denied',
    permission: 'tag:GetResources',
    hint: 'allow it',
  } as const;
  const at = Number(file);
  return {
    target,
    looked: refused ? 0 : count,
    inherited: refused ? 0 : Math.floor(count / 30),
    results: refused ? [] : Array.from({ length: Math.floor(count / 12) }, (_, n) => resultOf(target, at, n, states)),
    unmanaged: Array.from({ length: Math.floor(count / 40) }, (_, n) => unmanagedOf(target, at, n)),
    failures: refused ? [failure] : [],
  };
}

function resultOf(target: CloudTarget, at: number, n: number, states: number): ObjectResult {
  const drift = (key: string, wanted: string | null, found: string | null, verdict: 'drifted' | 'missing') => {
    return { verdict, attribute: key, key, wanted, found, own: found, inConfiguration: n % 2 === 0 };
  };
  const outcomes: readonly ObjectResult['outcome'][] = [
    { kind: 'not-found' },
    { kind: 'unread', why: `it did not answer ${n % 3}`, permission: null, hint: 'look by hand' },
    { kind: 'read', drifts: [drift('environment', 'prod', 'dev', 'drifted')], inherited: 0, managedBy: null },
    { kind: 'read', drifts: [drift('environment', 'prod', null, 'missing')], inherited: 0, managedBy: null },
    // As many different groups as there are such objects.
    { kind: 'read', drifts: [drift('team', 'a', `somebody ${at}-${n}`, 'drifted')], inherited: 0, managedBy: 'stack é\u202e' },
    { kind: 'read', drifts: [drift('team', 'a', `team ${n % 17}`, 'drifted')], inherited: 0, managedBy: null },
  ];
  return {
    n: n * 12,
    state: (n * 31 + at) % states,
    address: `module.m[${at}].some_type.name[${n}]`,
    deposed: n % 97 === 0 ? 'abcd1234' : null,
    type: `some_type_${n % 9}`,
    classes: ['database', 'stateful'],
    place: { target, id: `arn:${target.account}:${target.region}:${n}`, detail: {} },
    tags: { team: 'a' },
    outcome: outcomes[(n + at) % outcomes.length] as ObjectResult['outcome'],
  };
}

function shiftOf({ outcome }: ObjectResult): Shift | null {
  if (outcome.kind !== 'read') return null;
  const [{ found }] = outcome.drifts as [(typeof outcome.drifts)[0]];
  if (found === 'team 3') return { rules: [], verdicts: [] };
  return {
    rules: [
      { kind: 'lane', id: 'developer', change: found === null ? 'undecided' : 'covers', operations: ['update', 'destroy'] },
    ],
    verdicts: found === 'dev' ? [{ principal: 'dana', operation: 'destroy', before: 'deny', after: 'allow' }] : [],
  };
}

function unmanagedOf(target: CloudTarget, at: number, n: number): UnmanagedItem {
  const m = n * 120 + at;
  return {
    id: `arn:${target.account}:${target.region}:unmanaged/${String(n).padStart(7, '0')}`,
    type: `type:${m % 4}`,
    region: target.region,
    createdAt: m % 5 === 0 ? null : new Date(NOW - ((m * 13) % 90) * DAY).toISOString(),
    createdBy: m % 3 === 0 ? `person-${m % 7}` : null,
    managedBy: m % 11 === 0 ? 'stack s' : null,
    tags: m % 4 === 0 ? { team: `team-${m % 6}` } : {},
  };
}
