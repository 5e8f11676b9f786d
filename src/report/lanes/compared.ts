import type { Verdict } from '../../decide/decision.ts';
import { DIFFERENCES, type Difference, type DifferenceKind, type Differences, NEW_ACCESS } from '../../prove/diff.ts';
import type { Space } from '../../prove/space.ts';
import type { ReportDiagnostic } from '../report.ts';
import { TOOL } from '../tool.ts';
import { OUTSIDE } from './checked.ts';
import { approvalInWords } from './english.ts';
import { testEntry } from './entry.ts';
import { type RegionWords, regionInWords } from './region-words.ts';
import { operationInWords } from './witness-words.ts';

/** `inlane lanes diff`: the one object that its formats print and its exit code comes from. Keys in this order. */
export interface DiffReport {
  readonly format: 'inlane-diff/1';
  readonly tool: typeof TOOL;
  readonly exit: 0 | 1 | 2;
  readonly old: string;
  readonly new: string;
  /** New access fails. */
  readonly no_new_access: boolean;
  /** How many stacks were compared; one for two files. */
  readonly compared: number;
  readonly differences: readonly ReportedDifference[];
  /** Kinds of which there are more than are listed. */
  readonly more: readonly DifferenceKind[];
  readonly outside: readonly string[];
  /** Why nothing could be told; then the exit code is 2. */
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface ReportedDifference {
  readonly kind: DifferenceKind;
  /** Folders of the stacks that it concerns, '' for the topmost; empty for two files. */
  readonly stacks: readonly string[];
  readonly region: RegionWords;
  readonly example: { readonly words: string; readonly before: Verdict; readonly after: Verdict; readonly test: string };
  readonly approval?: { readonly id: string; readonly before: string; readonly after: string | null };
}

/** The differences of one stack. */
export interface ComparedStack {
  readonly folder: string | null;
  /** Null where there is nothing to compare. */
  readonly space: Space | null;
  readonly differences: Differences;
}

export function diffReport(
  names: { readonly old: string; readonly new: string },
  stacks: readonly ComparedStack[],
  noNewAccess: boolean,
  diagnostics: readonly ReportDiagnostic[],
): DiffReport {
  const found = new Map<string, ReportedDifference>();
  for (const { folder, space, differences } of stacks) {
    if (space === null) continue;
    for (const difference of differences.found) {
      const told = reported(difference, space);
      const key = JSON.stringify(told);
      const stacksSoFar = found.get(key)?.stacks ?? [];
      found.set(key, { ...told, stacks: folder === null ? [] : [...stacksSoFar, folder] });
    }
  }
  const all = DIFFERENCES.flatMap((kind) => [...found.values()].filter((difference) => difference.kind === kind));
  const failing = noNewAccess && all.some(({ kind }) => NEW_ACCESS.has(kind));
  return {
    format: 'inlane-diff/1',
    tool: TOOL,
    exit: diagnostics.some(({ severity }) => severity === 'error') ? 2 : failing ? 1 : 0,
    ...names,
    no_new_access: noNewAccess,
    compared: stacks.length,
    differences: all,
    more: DIFFERENCES.filter((kind) => stacks.some(({ differences }) => differences.more.includes(kind))),
    outside: OUTSIDE,
    diagnostics,
  };
}

function reported({ kind, witness, before, after, region, approval }: Difference, space: Space): ReportedDifference {
  return {
    kind,
    stacks: [],
    region: regionInWords(space, region, kind === 'newly-denied' ? 0 : 1),
    example: { words: operationInWords(witness.test), before, after, test: testEntry({ ...witness.test, expect: before }) },
    ...(approval === null
      ? {}
      : {
          approval: {
            id: approval.id,
            before: approvalInWords(approval.before),
            after: approval.after && approvalInWords(approval.after),
          },
        }),
  };
}
