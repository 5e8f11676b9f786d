export type PrincipalKind = 'human' | 'agent' | 'ci';

/** `principals` of the org lane file. `declared` false: no file has the section, so a bare id is human. */
export interface Registry {
  readonly declared: boolean;
  /** Team name to its members' ids. */
  readonly teams: ReadonlyMap<string, readonly string[]>;
  readonly people: ReadonlyMap<string, Person>;
  readonly agents: ReadonlyMap<string, Agent>;
}

export interface Person {
  readonly id: string;
  /** Numeric ids at CI hosts, as text, by host (`github`, `gitlab`). */
  readonly accounts: ReadonlyMap<string, string>;
}

export interface Agent {
  readonly id: string;
  readonly owner: string | null;
  readonly tier: string | null;
  readonly teams: readonly string[];
  readonly purpose: string | null;
}

/** Who acts. `undefined`-like unknowns are `'unknown'`, so that null keeps meaning "has none". */
export interface Principal {
  readonly id: string;
  readonly kind: PrincipalKind | 'unknown';
  readonly teams: readonly string[] | 'unknown';
  readonly tier: string | null | 'unknown';
  readonly owner: string | null | 'unknown';
  /** asserted (an option or variable said so), host (the CI host's actor), none (anonymous). */
  readonly assurance: 'asserted' | 'host' | 'none';
}
