import type { PrincipalKind } from '../../lanes/registry.ts';
import type { Level } from '../../lanes/ruleset.ts';
import type { Operation } from '../../logic/fact.ts';

/** `inlane lanes show`: the rules that apply, in words and for machines. Keys in this order; shown.schema.json describes it. */
export interface Shown {
  readonly format: 'inlane-lanes/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** RFC 3339 in UTC; present only when it was given, then spans say where they stand. */
  readonly now?: string;
  readonly files: readonly { readonly path: string; readonly level: Level; readonly sha256: string }[];
  readonly attributes: readonly ShownAttribute[];
  /** Those of the user; the built-in ones stand in the documentation. */
  readonly classes: readonly ShownClass[];
  /** Groups of operations. */
  readonly operations: readonly { readonly name: string; readonly operations: readonly Operation[] }[];
  readonly paths: readonly { readonly name: string; readonly paths: readonly string[] }[];
  /** Mirrors of providers. */
  readonly providers: readonly { readonly mirror: string; readonly provider: string }[];
  /** By kind, within a kind in file and position order. */
  readonly rules: readonly ShownRule[];
  readonly quotas: readonly ShownQuota[];
  /** Null where none are declared: then agents are not capped. */
  readonly tiers: readonly { readonly name: string; readonly words: string; readonly may: readonly string[] }[] | null;
  readonly principals: { readonly declared: boolean; readonly people: number; readonly agents: number; readonly teams: number };
  readonly never: readonly ShownNever[];
  /** How many in-file tests there are. */
  readonly tests: number;
  /** False: `--observe` is refused. */
  readonly observe_allowed: boolean;
  readonly matrix?: Matrix;
}

export interface ShownAttribute {
  readonly name: string;
  readonly at: string;
  /** Null = any value. */
  readonly values: readonly { readonly value: string; readonly aliases: readonly string[] }[] | null;
  readonly sources: readonly ShownSource[];
  /** Provider to the key of the tag that carries it; null = nothing does. */
  readonly carriers: Readonly<Record<string, string>> | null;
  readonly required: ShownRequired | null;
  readonly words: { readonly values: string; readonly sources: readonly string[]; readonly carriers: string | null };
}

export interface ShownSource {
  readonly from: string;
  /** Name of the variable, key of the tag, path of the attribute. */
  readonly name: string | null;
  /** Glob and value, in order; null: the value itself speaks. */
  readonly map: readonly (readonly [glob: string, value: string])[] | null;
}

export interface ShownRequired {
  /** Null = every taggable resource. */
  readonly classes: readonly string[] | null;
  readonly on: readonly ('create' | 'replace' | 'import')[];
  readonly enforce: boolean;
  readonly words: string;
}

export interface ShownClass {
  readonly name: string;
  readonly at: string;
  readonly types: readonly string[];
  readonly is_a: string | null;
  readonly refines: string | null;
  /** The condition that narrows `refines`, in words. */
  readonly when: string | null;
  readonly words: string;
}

export type ShownKind = 'lane' | 'grant' | 'partial' | 'guard' | 'approval' | 'freeze' | 'ceiling';

export interface ShownRule {
  /** `approval` is a guard that asks for one. */
  readonly kind: ShownKind;
  /** Of a lane and of its `partial`: the lane's name. */
  readonly id: string;
  readonly at: string;
  readonly level: Level | null;
  /** False for `enforce: observe`: reported, without effect. */
  readonly enforce: boolean;
  /** The whole rule as one sentence. */
  readonly words: string;
  /** Lanes and grants: whom it is for, and the rest of the sentence. */
  readonly who?: string;
  readonly may?: string;
  readonly why: string | null;
  readonly ask: string | null;
  readonly span: ShownSpan | null;
  readonly approval?: {
    readonly from: { readonly team?: string; readonly id?: string };
    readonly count: number;
    readonly not_by: readonly string[];
  };
}

/** Half-open. `state` is present where `now` was given. */
export interface ShownSpan {
  readonly from: string | null;
  readonly until: string | null;
  readonly state?: 'upcoming' | 'active' | 'over';
}

export interface ShownQuota {
  readonly id: string;
  readonly at: string;
  readonly level: Level;
  readonly enforce: boolean;
  readonly words: string;
  readonly why: string | null;
  readonly ask: string | null;
  readonly limits: Readonly<Partial<Record<Operation | 'any', number>>>;
}

export interface ShownNever {
  readonly id: string;
  readonly at: string;
  readonly level: Level;
  readonly even_with_approval: boolean;
  readonly words: string;
  readonly why: string | null;
  readonly ask: string | null;
}

export const ANSWERS = ['allow', 'ask', 'depends', 'no'] as const;
export type MatrixAnswer = (typeof ANSWERS)[number];

/** What one principal may do, by class, operation and the value of one attribute. */
export interface Matrix {
  readonly principal: MatrixPrincipal;
  /** The attribute whose values are the columns: `environment` where it is declared; null = there is none. */
  readonly attribute: string | null;
  /** Its values, then `unknown`. */
  readonly values: readonly string[];
  readonly operations: readonly Operation[];
  readonly rows: readonly MatrixRow[];
}

/** Null `kind`, null `teams` = not known. */
export interface MatrixPrincipal {
  readonly id: string;
  readonly kind: PrincipalKind | null;
  readonly teams: readonly string[] | null;
  readonly tier: string | null;
  readonly owner: string | null;
}

export interface MatrixRow {
  readonly class: string;
  /** A cross-cutting class, which a resource has besides its own. */
  readonly cross: boolean;
  /** One for each operation and value. */
  readonly cells: readonly MatrixCell[];
}

export interface MatrixCell {
  readonly operation: Operation;
  readonly value: string;
  readonly answer: MatrixAnswer;
  /** Ids of the rules that decide. */
  readonly by: readonly string[];
  /** Facts on which it depends, in words. */
  readonly on: readonly string[];
}
