import type { CloudTarget } from '../../../providers/cloud.ts';
import type { Ruleset } from '../../lanes/ruleset.ts';
import type { ObjectResult, ReadSummary, ScannedState, SweptTarget } from '../../scan/record.ts';
import type { RuleShift, Shift, VerdictShift } from '../../tags/authority.ts';
import type { ScanVerdict } from '../../tags/drift.ts';
import type { ReportDiagnostic, ReportRules } from '../report.ts';

/** `undecided`: something was not read, whatever else was found; `drift`: findings; `clean`: every tag is as wanted. */
export type ScanOutcome = 'clean' | 'drift' | 'undecided';

/** What a tag scan says. Keys stand in this order; arrays by cloud, account and region, then in the order of the states. */
export interface ScanReport {
  readonly format: 'inlane-scan/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: ScanOutcome;
  /** 0 clean, 1 drift, 2 undecided. */
  readonly exit: 0 | 1 | 2;
  /** Something was not read: what follows is not all. */
  readonly partial: boolean;
  /** The one shard that was scanned; null = all of them. */
  readonly shard: string | null;
  readonly rules: ReportRules | null;
  readonly states: readonly ScannedState[];
  readonly summary: ScanSummary;
  /** What was not read, and why: the first thing to look at. */
  readonly unread: readonly Unread[];
  readonly findings: readonly ScanFinding[];
  /** Which access the findings changed, equal changes together. */
  readonly access: readonly AccessChange[];
  readonly unmanaged: readonly Unmanaged[];
  /** What is in no state and older than was asked for; null = nobody asked. */
  readonly orphans: Orphans | null;
  readonly diagnostics: readonly ReportDiagnostic[];
}

/**
 * Objects by what became of them. Every managed object of every state counts once: the verdicts, `not-scanned`, `nothing-wanted` and
 * `other-shards` add up to `objects`.
 */
export interface ScanSummary {
  readonly objects: number;
  readonly ok: number;
  readonly inherited: number;
  readonly drifted: number;
  readonly missing: number;
  readonly 'extra-privileged': number;
  readonly 'not-found': number;
  readonly unreadable: number;
  readonly 'not-taggable': number;
  /** Of a provider whose cloud a scan does not ask. */
  readonly 'not-scanned': number;
  /** No declared attribute has a carrier there, or it is a tag itself. */
  readonly 'nothing-wanted': number;
  /** Left to other shards, where one shard was scanned. */
  readonly 'other-shards': number;
  readonly unmanaged: number;
  /** Unmanaged, and nothing says whose. */
  readonly orphans: number;
}

export interface Where {
  readonly cloud: CloudTarget['cloud'] | null;
  readonly account: string | null;
  readonly region: string | null;
}

export interface Unread extends Where {
  /** `state`: a state file; `objects`: objects of a target; `inventory`: what is in no state. */
  readonly what: 'state' | 'objects' | 'inventory';
  readonly state: string | null;
  /** Objects that it concerns. */
  readonly objects: number;
  /** Some of them, where they are not all of the target. */
  readonly addresses: readonly string[];
  readonly why: string;
  readonly permission: string | null;
  readonly hint: string;
}

export interface ScanFinding extends Where {
  readonly verdict: ScanVerdict;
  readonly state: string;
  readonly address: string;
  readonly deposed?: string;
  readonly type: string;
  readonly classes: readonly string[];
  readonly id: string;
  /** Whose it is, by the tag that says so in the state. */
  readonly owner: string | null;
  /** Null where the finding is about the object itself. */
  readonly attribute: string | null;
  readonly key: string | null;
  readonly wanted: string | null;
  readonly found: string | null;
  /** Whether the configuration writes the key: if not, a repair would not last. Null where it is not about a key. */
  readonly in_configuration: boolean | null;
  readonly managed_by: string | null;
  readonly message: string;
  readonly fix: string;
}

export interface AccessChange {
  readonly message: string;
  /** What happened to the tags, the same for all of `objects`. */
  readonly tags: readonly { readonly key: string; readonly wanted: string | null; readonly found: string | null }[];
  /** Somebody may now do what was denied or wanted an approval. */
  readonly widens: boolean;
  readonly rules: readonly RuleShift[];
  readonly verdicts: readonly VerdictShift[];
  readonly objects: readonly { readonly state: string; readonly address: string }[];
}

/** One target's share of an access change; the same one may come again with more objects. */
export type AccessPart = Omit<AccessChange, 'message' | 'widens'>;

export interface Unmanaged extends Where {
  readonly id: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whose it is, by the tag that says so. */
  readonly owner: string | null;
  readonly created_at: string | null;
  readonly created_by: string | null;
  readonly managed_by: string | null;
  /** Lacks the tag that says whose it is. */
  readonly orphan: boolean;
}

/** What stands in the accounts, is in no state and made by nothing else that looks after it, to be taken over or removed. */
export interface Orphans {
  /** As it was asked for: `30d`. */
  readonly older_than: string;
  /** RFC 3339: what was made then or earlier is that old. */
  readonly made_before: string;
  /** By cloud, account, type and owner. */
  readonly groups: readonly OrphanGroup[];
  /** Those of which no cloud says when they were made: they may be older or not. */
  readonly age_unknown: readonly OrphanGroup[];
}

export interface OrphanGroup {
  readonly cloud: CloudTarget['cloud'] | null;
  readonly account: string | null;
  readonly type: string;
  readonly owner: string | null;
  /** `tag`: the tag that says whose it is; `creator`: who made it, as the cloud remembers. */
  readonly owner_from: 'tag' | 'creator' | null;
  readonly count: number;
  /** When the oldest was made. */
  readonly oldest: string | null;
  /** The oldest first. */
  readonly ids: readonly string[];
}

export interface ScanInput {
  readonly read: ReadSummary;
  readonly targets: readonly SweptTarget[];
  /** Which access a result's drifts changed. */
  readonly shiftOf: (result: ObjectResult) => Shift | null;
  readonly ruleset: Ruleset;
  /** Tag keys, folded, that say whose an object is. */
  readonly ownerKeys: ReadonlySet<string>;
  readonly diagnostics: readonly ReportDiagnostic[];
  /** The one shard that was scanned, and how many objects it leaves to others; null = all targets. */
  readonly shard: { readonly name: string; readonly others: number } | null;
  readonly orphans: OrphanQuestion | null;
}

/** How old an unmanaged object must be to be told as an orphan. */
export interface OrphanQuestion {
  /** As it was spelled: `30d`. */
  readonly olderThan: string;
  /** What was made then or earlier is that old; milliseconds since the epoch. */
  readonly before: number;
}
