/** An answer that the next requests get instead of theirs. */
export interface Planned {
  /** Which API, by the name of its row in `apis.ts`; left out = any. */
  readonly api?: string;
  times: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection breaks instead of an answer; `half` = in the middle of one. */
  readonly drop?: 'whole' | 'half';
  /** The answer is this text. */
  readonly text?: string;
}

/** Switches; each can be turned while the stand-in runs. */
export interface Faults {
  planned: Planned[];
  /** Decides over each request besides what is planned. */
  strike: ((api: string) => Planned | null) | null;
  /** 401 `ExpiredAuthenticationToken` for every token. */
  expired: boolean;
  /** Tokens up to this number get a claims challenge. */
  challenged: number;
  /** Scopes (lower case, leading slash) where an action is denied, and what is forbidden there by a deny assignment. */
  denied: Map<string, string>;
  deniedByAssignment: Map<string, string>;
  /** Scopes (lower case, leading slash) with a ReadOnly lock. */
  locked: Set<string>;
  /** Requests after which the caller has no permission any more. */
  revokedAfter: number | null;
  /** Rows of a page that the next page shows again. */
  overlap: number;
  /** Rows of a page at most, although more were asked for. */
  short: number | null;
  /** Milliseconds that a page of Resource Graph takes. */
  slow: number;
  /** Pages after which a skip token is not taken any more; it comes back to null once it has happened. */
  expireToken: number | null;
  /** The first page says that rows are cut off, and names no other. */
  truncated: boolean;
  /** Rows that are counted and never shown. */
  lost: number;
  /** PATCH answers 202: polls that it is under way for, and how it ends. */
  lro: {
    readonly polls: number;
    readonly by: 'location' | 'azure-asyncoperation';
    readonly fails?: string;
    readonly retryAfter?: number;
    /** The answer names a host that is not the stand-in. */
    readonly elsewhere?: boolean;
  } | null;
}

export function noFaults(): Faults {
  return {
    planned: [],
    strike: null,
    expired: false,
    challenged: 0,
    denied: new Map(),
    deniedByAssignment: new Map(),
    locked: new Set(),
    revokedAfter: null,
    overlap: 0,
    short: null,
    slow: 0,
    expireToken: null,
    truncated: false,
    lost: 0,
    lro: null,
  };
}
