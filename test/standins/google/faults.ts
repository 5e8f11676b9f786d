/** Switches of what goes wrong. Maps are keyed by API (`cloudresourcemanager.effectiveTags.list`) and count down. */
export interface Faults {
  readonly throttle: Map<string, number>;
  /** Decides over each call besides the counters. */
  strike: ((api: string) => 'throttle' | 'error' | 'drop' | null) | null;
  /** Milliseconds that a throttled call is told to wait; null = nothing is said. */
  retryAfter: number | null;
  /** Calls that end with this code (13 INTERNAL, 14 UNAVAILABLE, 10 ABORTED ...). */
  readonly fail: Map<string, { code: number; times: number; text?: string }>;
  /** Calls whose work is done and whose answer is lost with the connection. */
  readonly drop: Map<string, number>;
  /** Extra milliseconds of a page of the inventory. */
  slowPages: number;
  /** The credentials run out after so many more calls; null = never. */
  callsLeft: number | null;
  /** Permissions that the caller lacks. */
  readonly denied: Set<string>;
  /** Services that are switched off (`cloudasset.googleapis.com`). */
  readonly disabled: Set<string>;
  /** Page tokens are not taken any more. */
  pageTokensExpire: boolean;
  /** `repeated`: the last item of a page comes again on the next; `moved`: the first item of page two changes to page three. */
  pages: 'true' | 'repeated' | 'moved';
  /** Names that bindings hang on whose tags cannot be read. */
  readonly broken: Set<string>;
  /** Polls that an operation takes; 0 = answered as done, as location hosts do. */
  polls: number;
  /** The next so many operations end with this code. */
  readonly operations: { code: number; times: number };
  /** What credentials are looked for and not found: text of the error; null = found. */
  signIn: string | null;
  /** The look for credentials prints what google-auth-library prints where there is no metadata server. */
  metadataWarning: boolean;
  /** Bindings that others put back at once: key to value. */
  readonly fights: Map<string, string>;
}

export function noFaults(): Faults {
  return {
    throttle: new Map(),
    strike: null,
    retryAfter: null,
    fail: new Map(),
    drop: new Map(),
    slowPages: 0,
    callsLeft: null,
    denied: new Set(),
    disabled: new Set(),
    pageTokensExpire: false,
    pages: 'true',
    broken: new Set(),
    polls: 0,
    operations: { code: 13, times: 0 },
    signIn: null,
    metadataWarning: false,
    fights: new Map(),
  };
}

/** Takes one from the count of an API; false where none is left. */
export function countDown(counts: Map<string, number>, api: string): boolean {
  const left = counts.get(api) ?? 0;
  if (left > 0) counts.set(api, left - 1);
  return left > 0;
}
