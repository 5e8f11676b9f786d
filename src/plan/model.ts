import type { ObjectValue, Unknown, Value } from './value.ts';

/** A static configuration address: module calls without instance keys, then type and name (`module.shop.aws_sqs_queue.jobs`, `data.` before a data source). */
export type BlockAddress = string;

export type Mode = 'managed' | 'data' | 'ephemeral' | 'action';

/** One row of the plan as it stands, values masked. Source: plan-json.md 3 (`resource_changes`, `deferred_changes`, `action_invocations`). */
export interface ResourceChange {
  /** Position among the rows of this plan, 0-based. */
  readonly index: number;
  readonly address: string;
  readonly previousAddress: string | null;
  /** With instance keys; null in the root module. */
  readonly moduleAddress: string | null;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
  /** Source address without registry host for the public registries (`hashicorp/aws`), whole otherwise; `terraform.io/builtin/terraform` is `builtin/terraform`. */
  readonly provider: string;
  readonly deposed: string | null;
  /** As the plan spells them; empty when missing. */
  readonly actions: readonly string[];
  readonly reason: string | null;
  readonly before: ObjectValue | null;
  readonly after: ObjectValue | Unknown | null;
  /** Path steps joined the way `formatPath` does. */
  readonly replacePaths: readonly string[];
  readonly importing: Importing | null;
  /** Why the change is deferred; null for an ordinary row. */
  readonly deferred: string | null;
  /** What an action invocation is fired by; null for other modes. */
  readonly trigger: ActionTrigger | null;
  /** What makes the row itself undecidable: no change object, empty or unknown actions, an after side without `after_unknown`. */
  readonly faults: readonly string[];
  /** The block that declares this row, when the plan's configuration holds it. */
  readonly block: ConfigBlock | null;
}

export interface Importing {
  readonly id: string | null;
  readonly unknown: boolean;
}

export interface ActionTrigger {
  /** `lifecycle` or `invoke`. */
  readonly kind: string;
  readonly triggeredBy: string | null;
  readonly event: string | null;
}

/** What stood before and after a change made outside Terraform (`resource_drift`). */
export interface DriftRow {
  readonly address: string;
  readonly deposed: string | null;
  readonly type: string;
  readonly provider: string;
  readonly actions: readonly string[];
  readonly before: ObjectValue | null;
  readonly after: ObjectValue | Unknown | null;
}

/** One expression of the configuration. Constants are dropped at the door (they may be secrets) except in provider blocks' place and tag arguments. */
export type ConfigExpression =
  | { readonly kind: 'constant'; readonly value: Value | undefined }
  | { readonly kind: 'references'; readonly names: readonly string[]; readonly targets: readonly ReferenceTarget[] }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'blocks'; readonly blocks: readonly ConfigExpressions[] };

export type ConfigExpressions = ReadonlyMap<string, ConfigExpression>;

/** Where a reference leads once module inputs and outputs were followed. `attribute` is the first step below the block, null for the whole object. */
export interface ReferenceTarget {
  readonly block: BlockAddress;
  readonly attribute: string | null;
}

export interface ConfigBlock {
  readonly address: BlockAddress;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  /** Has count or for_each. */
  readonly repeated: boolean;
  readonly expressions: ConfigExpressions;
  /** Every block that any expression, count, for_each or depends_on of this one refers to. */
  readonly refersTo: ReadonlySet<BlockAddress>;
  /** Types of its provisioners (`local-exec`), in order. */
  readonly provisioners: readonly string[];
  readonly provider: ProviderBlock | null;
}

export interface ProviderBlock {
  readonly key: string;
  readonly name: string;
  readonly source: string | null;
  readonly alias: string | null;
  /** Constants are kept for place and tag arguments only (region, project, zone, subscription_id, allowed_account_ids, default_tags, default_labels, ignore_tags, deletion_policy, features ...). References to a root variable alone are resolved to its value. */
  readonly expressions: ConfigExpressions;
}

export interface Configuration {
  /** False when the plan has no configuration section (trimmed). */
  readonly present: boolean;
  readonly blocks: ReadonlyMap<BlockAddress, ConfigBlock>;
  /** Every provider block of every module: a row whose block is gone still has a provider. */
  readonly providers: readonly ProviderBlock[];
  /** The `source` of every module by static address (`module.shop`), as the plan has it: variables in it are resolved. */
  readonly sources: ReadonlyMap<string, string>;
}

/** One object of the prior state, values masked. */
export interface PriorObject {
  readonly address: string;
  readonly deposed: string | null;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
  readonly moduleAddress: string | null;
  readonly provider: string;
  readonly values: ObjectValue | null;
  readonly dependsOn: readonly string[];
}

/** The objects of the prior state in plan order; each walk may make them anew, so that a large state need not be held. */
export interface PriorObjects extends Iterable<PriorObject> {
  readonly length: number;
}

export interface CheckResult {
  readonly address: string;
  readonly status: string;
}

export interface OutputChange {
  readonly name: string;
  readonly actions: readonly string[];
}

export interface PlanDiagnostic {
  readonly code: string;
  readonly severity: 'warning' | 'note';
  readonly message: string;
  readonly hint: string | null;
}

/** A plan behind the door: recognised, decoded, masked. Of a big file rows are held without their values, which are read when asked for. */
export interface PlanFile {
  /** As the user named it (`-` for standard input); never absolute unless the user wrote it so. */
  readonly path: string;
  /** Hex digest of the bytes read. */
  readonly sha256: string;
  readonly tool: 'terraform' | 'opentofu' | null;
  readonly version: string | null;
  readonly formatVersion: string | null;
  /** Null where the plan does not say. */
  readonly complete: boolean | null;
  readonly errored: boolean;
  /** May be called more than once; the same rows in the same order each time. */
  rows(): Iterable<ResourceChange>;
  readonly drift: readonly DriftRow[];
  readonly outputs: readonly OutputChange[];
  readonly checks: readonly CheckResult[];
  /** Root variables; sensitive and ephemeral ones are masked. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly configuration: Configuration;
  readonly prior: PriorObjects;
  /** False when the plan has no `prior_state` section. */
  readonly priorPresent: boolean;
  readonly diagnostics: readonly PlanDiagnostic[];
  /** The saved plan itself, which holds the configuration that it was made of; null where the plan was given as JSON. */
  readonly archive: Uint8Array | null;
  /** Lets go of the file; rows cannot be read any more. */
  close?(): void;
  /** Throws `plan-unreadable` where the file changed since it was opened: then what was decided is not what the digest says. */
  assertUnchanged?(): void;
}
