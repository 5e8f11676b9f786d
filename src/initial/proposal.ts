import type { CarrierName } from '../../providers/provider.ts';
import type { RuleTest } from '../lanes/ruleset.ts';

/** A lane file to be written. Comments are plan text and ours mixed: whoever writes them down escapes them. */
export interface Proposal {
  readonly attributes: readonly ProposedAttribute[];
  readonly classes: readonly ProposedClass[];
  /** Providers under an address that no catalog knows, and the one that they seem to mirror. */
  readonly mirrors: readonly { readonly source: string; readonly of: string }[];
  readonly lanes: readonly ProposedLane[];
  readonly guards: readonly ProposedRule[];
  readonly never: readonly ProposedRule[];
  readonly principals: ProposedPrincipals;
  readonly tests: readonly ProposedTest[];
  /** What the head of the file says besides where it comes from. */
  readonly notes: readonly string[];
}

export interface ProposedAttribute {
  readonly name: string;
  readonly comments: readonly string[];
  /** Null = any value. */
  readonly values: readonly ProposedValue[] | null;
  readonly from: readonly ProposedSource[];
  /** One key for every provider, or one for each. */
  readonly tag: string | ReadonlyMap<CarrierName, string> | null;
  readonly required: { readonly enforce: boolean; readonly comments: readonly string[] } | null;
}

export interface ProposedValue {
  readonly name: string;
  readonly aliases: readonly string[];
}

export interface ProposedSource {
  readonly from: 'stack' | 'workspace' | 'account' | 'namespace' | 'variable' | 'tag';
  /** Of the variable or tag. */
  readonly name: string | null;
  /** Null = what the tag says itself. */
  readonly map: ReadonlyMap<string, string> | null;
  readonly comments: readonly string[];
  /** False = written as a comment, for somebody to confirm. */
  readonly active: boolean;
}

/** A class for types of no catalog, always written as a comment: nobody has confirmed it. */
export interface ProposedClass {
  readonly name: string;
  readonly isA: string | null;
  readonly types: readonly string[];
  readonly comments: readonly string[];
}

/** A condition or rule: keys in the order in which they are written. */
export type Written = { readonly [key: string]: WrittenValue };
export type WrittenValue = string | number | boolean | readonly WrittenValue[] | Written;

export interface ProposedLane {
  readonly name: string;
  readonly comments: readonly string[];
  readonly summary: string;
  readonly who: string | Written;
  readonly may: readonly Written[];
}

export interface ProposedRule {
  readonly comments: readonly string[];
  readonly rule: Written;
}

export interface ProposedPrincipals {
  readonly comments: readonly string[];
  readonly teams: ReadonlyMap<string, readonly string[]>;
  /** Agents with the person who answers for them. */
  readonly agents: ReadonlyMap<string, string>;
}

export interface ProposedTest {
  readonly summary: string;
  readonly as: string;
  readonly do: string;
  readonly type: string;
  readonly with: Written;
  readonly expect: RuleTest['expect'];
}
