import { reportRules } from '../build.ts';
import type { ReportDiagnostic } from '../report.ts';
import { TOOL } from '../tool.ts';
import { accessOf } from './access.ts';
import type { ScanInput, ScanOutcome, ScanReport, ScanSummary } from './model.ts';
import { orphansOf } from './orphans.ts';
import { partOf } from './part.ts';
import { added, NONE, readCounts } from './summary.ts';
import { unreadBefore } from './unread.ts';

/** Pure: equal input, equal bytes. */
export function scanReport(input: ScanInput): ScanReport {
  const { read, ruleset, shard, orphans } = input;
  const parts = input.targets.map((swept) => partOf(swept, input));
  const others = { ...NONE, 'other-shards': shard?.others ?? 0 };
  const summary = added([readCounts(read), others, ...parts.map(({ counts }) => counts)]);
  const unread = [...unreadBefore(read), ...parts.flatMap((part) => part.unread)];
  const unmanaged = parts.flatMap((part) => part.unmanaged);
  const said = outcomeOf(summary, unread.length > 0);
  return {
    format: 'inlane-scan/1',
    tool: TOOL,
    verdict: said.verdict,
    exit: said.exit,
    partial: unread.length > 0,
    shard: shard?.name ?? null,
    rules: reportRules(ruleset),
    states: read.states,
    summary,
    unread,
    findings: parts.flatMap((part) => part.findings),
    access: accessOf(parts.flatMap((part) => part.access)),
    unmanaged,
    orphans: orphans === null ? null : orphansOf(unmanaged, orphans),
    diagnostics: [...input.diagnostics, ...said.diagnostics],
  };
}

/** What the sums come to. */
export function outcomeOf(
  summary: ScanSummary,
  partial: boolean,
): { readonly verdict: ScanOutcome; readonly exit: 0 | 1 | 2; readonly diagnostics: readonly ReportDiagnostic[] } {
  const unasked = ['not-scanned', 'nothing-wanted', 'other-shards', 'unreadable'] as const;
  const looked = unasked.reduce((rest, key) => rest - summary[key], summary.objects);
  const blind = looked <= 0 && !partial;
  const drift = FINDINGS.some((key) => summary[key] > 0);
  const verdict = partial || blind ? 'undecided' : drift ? 'drift' : 'clean';
  return { verdict, exit: EXITS[verdict], diagnostics: blind ? [sawNothing(summary)] : [] };
}

const EXITS = { clean: 0, drift: 1, undecided: 2 } as const;

/** What makes a scan fail. */
const FINDINGS = ['drifted', 'missing', 'extra-privileged', 'not-found'] as const;

/** Of a scan that had nothing to ask for. */
export function sawNothing({ objects }: ScanSummary): ReportDiagnostic {
  return {
    code: 'saw-nothing',
    severity: 'error',
    message: `none of the ${objects} objects in these states could be asked for`,
    hint: 'give states with objects of AWS, Google Cloud or Azure, and attributes with a `tag:` for them',
  };
}

/** The report of a scan that could not be made at all. */
export function undecidedScan(diagnostics: readonly ReportDiagnostic[]): ScanReport {
  return {
    format: 'inlane-scan/1',
    tool: TOOL,
    verdict: 'undecided',
    exit: 2,
    partial: true,
    shard: null,
    rules: null,
    states: [],
    summary: NONE,
    unread: [],
    findings: [],
    access: [],
    unmanaged: [],
    orphans: null,
    diagnostics,
  };
}
