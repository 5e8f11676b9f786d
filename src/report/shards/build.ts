import type { Ruleset } from '../../lanes/ruleset.ts';
import type { ReadSummary } from '../../scan/record.ts';
import type { Shard } from '../../scan/shards.ts';
import { type SpooledTarget, targetKey } from '../../scan/spool.ts';
import { reportRules } from '../build.ts';
import type { ReportDiagnostic } from '../report.ts';
import { sawNothing } from '../scan/build.ts';
import type { PlannedTarget } from '../scan/shard.ts';
import { readCounts } from '../scan/summary.ts';
import { unreadBefore } from '../scan/unread.ts';
import { unreadReason, unreadSubject } from '../scan/words.ts';
import { TOOL } from '../tool.ts';
import type { ReportShard, ShardsReport } from './model.ts';

export interface ShardsInput {
  readonly read: ReadSummary;
  readonly shards: readonly Shard[];
  readonly ruleset: Ruleset;
  readonly diagnostics: readonly ReportDiagnostic[];
}

/** Pure. What was not read is a warning here: every shard tells it again, and makes the merged report partial. */
export function shardReport({ read, shards, ruleset, diagnostics }: ShardsInput): ShardsReport {
  const unread = unreadBefore(read).map((one): ReportDiagnostic => {
    return { code: 'unread', severity: 'warning', message: `${unreadSubject(one)}: ${unreadReason(one)}`, hint: null };
  });
  return {
    format: 'inlane-shards/1',
    tool: TOOL,
    exit: shards.length === 0 ? 2 : 0,
    rules: reportRules(ruleset),
    objects: shards.reduce((sum, { objects }) => sum + objects, 0),
    shards: shards.map(reportShard),
    diagnostics: [...diagnostics, ...unread, ...(shards.length === 0 ? [sawNothing(readCounts(read))] : [])],
  };
}

/** Where there is nothing to print but why. */
export function undecidedShards(diagnostics: readonly ReportDiagnostic[]): ShardsReport {
  return { format: 'inlane-shards/1', tool: TOOL, exit: 2, rules: null, objects: 0, shards: [], diagnostics };
}

/** Every target with its shard, in the order of the report. */
export function plannedTargets(shards: readonly Shard[]): PlannedTarget[] {
  return shards
    .flatMap(({ name, targets }) => targets.map((spooled) => ({ spooled, key: targetKey(spooled.target), shard: name })))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ spooled: { target, count }, shard }) => ({ ...plainTarget(target), objects: count, shard }));
}

function plainTarget({ cloud, partition, account, region }: SpooledTarget['target']): SpooledTarget['target'] {
  return { cloud, partition, account, region };
}

function reportShard({ name, targets, objects }: Shard): ReportShard {
  const [{ target }] = targets as [SpooledTarget, ...SpooledTarget[]];
  const same = <K extends 'account' | 'region'>(key: K) => targets.every((other) => other.target[key] === target[key]);
  return {
    shard: name,
    cloud: target.cloud,
    account: same('account') ? target.account : null,
    region: same('region') ? target.region : null,
    objects,
    targets: targets.map(({ target: { partition, account, region }, count }) => ({ partition, account, region, objects: count })),
  };
}
