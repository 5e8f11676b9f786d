import type { AttributeDefinition, ClassDefinition } from '../classify/attribute.ts';
import type { Place } from '../errors.ts';
import type { Condition } from '../logic/condition.ts';
import type { Operation } from '../logic/fact.ts';
import type { Literal } from '../logic/matcher.ts';
import type { PathPattern } from '../logic/path.ts';
import type { Registry } from './registry.ts';

/** org 0, project 1, environment 2, component 3. */
export const LEVELS = ['org', 'project', 'environment', 'component'] as const;
export type Level = (typeof LEVELS)[number];

export interface LaneFile {
  /** As shown to people: relative to where the run looks from. */
  readonly path: string;
  readonly level: Level;
  readonly sha256: string;
}

/** What every rule has. `scope` of its file is already conjoined to `when`. */
interface Rule {
  readonly id: string;
  readonly at: Place;
  readonly level: Level;
  readonly why: string | null;
  readonly ask: string | null;
  /** False for `enforce: observe`: evaluated and reported, without effect. */
  readonly enforce: boolean;
}

/** Half-open: from <= now < until; milliseconds since the epoch, null = open end. */
export interface Span {
  readonly from: number | null;
  readonly until: number | null;
}

/** One line of a lane's `may`, or a temporary grant. */
export interface Grant extends Rule {
  readonly kind: 'lane' | 'grant';
  /** who, do and every other condition. `who` apart, so that "nearest" looks only at lanes that cover the principal. */
  readonly who: Condition;
  readonly when: Condition;
  readonly span: Span | null;
}

export interface Deny extends Rule {
  readonly kind: 'guard' | 'freeze';
  /** Operation, who and facts; `unless` is conjoined as its negation. */
  readonly when: Condition;
  readonly span: Span | null;
}

export interface Approval {
  readonly from: ApprovalSource;
  readonly count: number;
  readonly notBy: readonly ('author' | 'delegator')[];
}

export interface ApprovalSource {
  readonly team?: string;
  readonly id?: string;
}

export interface Obligation extends Rule {
  readonly kind: 'guard';
  readonly when: Condition;
  readonly approval: Approval;
}

/** Caps every grant of its own and lower levels, for the changes and principals it covers. */
export interface Ceiling extends Rule {
  readonly kind: 'ceiling';
  /** scope and who. Not known to be false = it covers. */
  readonly covers: Condition;
  readonly may: Condition;
}

export interface Quota extends Rule {
  readonly kind: 'quota';
  readonly when: Condition;
  /** Operation or `any` to the highest allowed number per plan. */
  readonly limits: ReadonlyMap<Operation | 'any', number>;
}

export type PartialState = 'incomplete' | 'deferred' | 'errored';

/** A lane's `partial`: plans of these states may pass for principals that it covers. */
export interface PartialGrant {
  readonly lane: string;
  readonly at: Place;
  readonly who: Condition;
  readonly states: ReadonlySet<PartialState>;
}

/** An entry of `never`: a proof obligation, not a deny. */
export interface NeverRule {
  readonly id: string;
  readonly at: Place;
  readonly level: Level;
  readonly why: string | null;
  readonly ask: string | null;
  /** No atomic change for which this holds may be allowed. */
  readonly when: Condition;
  /** True: not even with an approval. */
  readonly evenWithApproval: boolean;
}

/** An object that stays, by what it shares with the one that ends besides declared attributes; null = everything. */
export interface Survivor {
  readonly same: readonly string[] | null;
  /** Of another type, of the same most specific classes. */
  readonly anyType: boolean;
}

/** An entry of `tests`: one atomic change and the verdict that the rules must give. */
export interface RuleTest {
  readonly at: Place;
  readonly summary: string | null;
  /** As `--as` and `--for` spell them. */
  readonly as: string;
  readonly for: string | null;
  readonly operation: Operation;
  readonly type: string;
  /** Fact key to value, `changes` to concrete paths; a fact left out is silent, absent or unknown (lanes.md 6). */
  readonly with: ReadonlyMap<string, Literal | readonly Literal[]>;
  /** What the survivors that stand in for the object share with it; none = `successor: absent`, null = not spelled. */
  readonly survivors: readonly Survivor[] | null;
  readonly expect: 'allow' | 'needs-approval' | 'deny';
}

/** All rules that apply, cascade resolved. Order never matters to a verdict; arrays are in file and position order for reports. */
export interface Ruleset {
  readonly files: readonly LaneFile[];
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  readonly classes: ReadonlyMap<string, ClassDefinition>;
  readonly paths: ReadonlyMap<string, readonly PathPattern[]>;
  readonly operations: ReadonlyMap<string, ReadonlySet<Operation>>;
  /** Source address of a mirror to the catalog's provider. */
  readonly providers: ReadonlyMap<string, string>;
  readonly grants: readonly Grant[];
  readonly denies: readonly Deny[];
  readonly obligations: readonly Obligation[];
  readonly ceilings: readonly Ceiling[];
  readonly quotas: readonly Quota[];
  readonly partial: readonly PartialGrant[];
  /** Null where no `tiers` are declared: then agents are not capped. */
  readonly tiers: ReadonlyMap<string, Condition> | null;
  readonly registry: Registry;
  /** `limits.observe: false` forbids --observe. */
  readonly observeAllowed: boolean;
  readonly never: readonly NeverRule[];
  readonly tests: readonly RuleTest[];
}
