import type { ReportDiagnostic, ReportRules } from '../report.ts';
import type { PlannedTarget } from '../scan/shard.ts';

/** How a scan splits into shards. Keys in this order. */
export interface ShardsReport {
  readonly format: 'inlane-shards/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** 0 there are shards, 2 there is nothing to scan. */
  readonly exit: 0 | 2;
  readonly rules: ReportRules | null;
  /** Objects in them. */
  readonly objects: number;
  readonly shards: readonly ReportShard[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface ReportShard {
  readonly shard: string;
  readonly cloud: PlannedTarget['cloud'];
  /** Null where the shard has several. */
  readonly account: string | null;
  /** Null where the shard has several, and where the cloud has none. */
  readonly region: string | null;
  readonly objects: number;
  readonly targets: readonly Omit<PlannedTarget, 'cloud' | 'shard'>[];
}
