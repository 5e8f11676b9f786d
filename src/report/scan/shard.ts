import { createHash } from 'node:crypto';
import type { CloudTarget } from '../../../providers/cloud.ts';
import type { ScannedState } from '../../scan/record.ts';
import { escapeJson } from '../escape.ts';
import type { ReportDiagnostic, ReportRules } from '../report.ts';
import { TOOL } from '../tool.ts';
import type { AccessPart, OrphanQuestion, ScanFinding, ScanInput, ScanSummary, Unmanaged, Unread } from './model.ts';
import { partOf } from './part.ts';
import { readCounts } from './summary.ts';
import { unreadBefore } from './unread.ts';

/** The first line of a shard's result. But for `shard` and `orphans.before`, it is the same for every shard of one scan. */
export interface ShardHeader {
  readonly format: 'inlane-shard/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly shard: string;
  /** Digest of states, rules and options. */
  readonly inputs: string;
  /** Every target of the whole scan, in the order of its report, with the shard that it belongs to. */
  readonly targets: readonly PlannedTarget[];
  readonly rules: ReportRules;
  /** What was counted before any cloud was asked. */
  readonly counts: ScanSummary;
  readonly orphans: OrphanQuestion | null;
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface PlannedTarget extends CloudTarget {
  readonly objects: number;
  readonly shard: string;
}

/**
 * A line behind the header: states and what was not read before any cloud was asked, the same in every shard; then each target of the
 * shard with what it comes to, in the order of the report; then an end, without which the result is cut.
 */
export type ShardLine =
  | { readonly kind: 'state'; readonly state: ScannedState }
  | { readonly kind: 'target'; readonly target: number; readonly counts: ScanSummary }
  | { readonly kind: 'unread'; readonly unread: Unread }
  | { readonly kind: 'finding'; readonly finding: ScanFinding }
  | { readonly kind: 'access'; readonly access: AccessPart }
  | { readonly kind: 'unmanaged'; readonly unmanaged: Unmanaged }
  /** `lines`: all before this one; `sha256`: of their bytes. */
  | { readonly kind: 'end'; readonly lines: number; readonly partial: boolean; readonly sha256: string };

/** Objects that one `access` line names, so that no line grows with the scan. */
const NAMED = 100;

export interface ShardInput extends ScanInput {
  readonly inputs: string;
  readonly plan: readonly PlannedTarget[];
  readonly rules: ReportRules;
  readonly shard: { readonly name: string; readonly others: number };
}

/** A shard's result, line by line with their line ends. Pure. */
export function* shardLines(input: ShardInput): Generator<string> {
  const hash = createHash('sha256');
  let lines = 0;
  const line = (value: ShardHeader | ShardLine): string => {
    const text = `${escapeJson(JSON.stringify(value))}\n`;
    hash.update(text);
    lines += 1;
    return text;
  };
  const { read, plan, inputs, rules, orphans, diagnostics, shard } = input;
  const counts = readCounts(read);
  yield line({
    format: 'inlane-shard/1',
    tool: TOOL,
    shard: shard.name,
    inputs,
    targets: plan,
    rules,
    counts,
    orphans,
    diagnostics,
  });
  for (const state of read.states) yield line({ kind: 'state', state });
  for (const unread of unreadBefore(read)) yield line({ kind: 'unread', unread });
  let partial = false;
  const own = plan.flatMap((target, n) => (target.shard === shard.name ? [n] : []));
  if (own.length !== input.targets.length) throw new Error('a shard has other targets than its plan');
  for (const [at, swept] of input.targets.entries()) {
    const part = partOf(swept, input);
    yield line({ kind: 'target', target: own[at] as number, counts: part.counts });
    for (const unread of part.unread) yield line({ kind: 'unread', unread });
    for (const finding of part.findings) yield line({ kind: 'finding', finding });
    for (const access of part.access.flatMap(inLines)) yield line({ kind: 'access', access });
    for (const unmanaged of part.unmanaged) yield line({ kind: 'unmanaged', unmanaged });
    partial ||= part.unread.length > 0;
  }
  yield `${JSON.stringify({ kind: 'end', lines, partial, sha256: hash.digest('hex') } satisfies ShardLine)}\n`;
}

function inLines(part: AccessPart): AccessPart[] {
  const lines: AccessPart[] = [];
  for (let at = 0; at < part.objects.length; at += NAMED) lines.push({ ...part, objects: part.objects.slice(at, at + NAMED) });
  return lines;
}
