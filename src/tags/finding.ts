/** Findings of tags.md 2 and their severity. */
export interface Finding {
  readonly code: string;
  readonly severity: 'deny' | 'warn' | 'report';
  /** The row it names; null for a finding on the whole plan. */
  readonly address: string | null;
  readonly deposed: string | null;
  /** The tag key, null where it is not about one. */
  readonly key: string | null;
  readonly message: string;
  readonly fix: Fix | null;
  /** False under `enforce: observe`: reported, without effect. */
  readonly enforce: boolean;
}

export interface Fix {
  readonly text: string;
  /** HCL to add; null where a value is open. */
  readonly insert: string | null;
  /** What that means for the configuration, for whoever has its text. */
  readonly edit?: ConfigurationEdit;
  /** Where it is made; absent while the text was not looked at, or nothing is established. */
  readonly at?: FixPlace;
}

/** What is written into a configuration. */
export type ConfigurationEdit =
  /** An entry of a map that is an argument of the row's block, or of a block in it: `path` leads there (`tags`, `metadata.labels`), `line` is its HCL, `value` what it says. */
  | {
      readonly kind: 'entry';
      readonly path: readonly string[];
      readonly key: string;
      readonly value: string;
      readonly line: string;
    }
  /** A block within the row's block. */
  | { readonly kind: 'inner'; readonly text: string }
  /** A block beside the row's block. */
  | { readonly kind: 'beside'; readonly text: string };

export interface FixPlace {
  /** Relative to the stack. */
  readonly file: string;
  /** 1-based: the line that is changed, or in front of which lines are added. */
  readonly line: number;
  /** A unified diff that makes every edit of that block; null where none is safe to make. */
  readonly patch: string | null;
}
