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
  readonly fix: { readonly text: string; readonly insert: string | null } | null;
  /** False under `enforce: observe`: reported, without effect. */
  readonly enforce: boolean;
}
