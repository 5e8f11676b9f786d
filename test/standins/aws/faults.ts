/** What the stand-in does wrong; every field may be changed at any time. Counters go down as they are used up. */
export interface Faults {
  /** APIs that the counters are about. */
  apis: RegExp;
  /** Calls that are throttled. */
  throttles: number;
  /** `Retry-After` of throttled calls in seconds; null = AWS does not say. */
  retryAfter: number | null;
  /** Calls that fail with status 500. */
  errors: number;
  /** Connections that are dropped without an answer. */
  drops: number;
  /** Decides over each call besides the counters. */
  strike: ((api: string) => 'throttle' | 'error' | 'drop' | null) | null;
  /** Milliseconds that every answer takes longer. */
  slow: number;
  /** Page tokens that are refused as expired. */
  expiredPages: number;
  /** Every page begins with the last item of the page before; with `moves` that one does not show it. */
  repeats: boolean;
  moves: boolean;
  /** A good answer of TagResources or UntagResources fails for this ARN. */
  item: ((api: string, arn: string) => ItemFault | null) | null;
  /** Permissions that are lacking: `tag:GetResources`, `rds:AddTagsToResource`. */
  denied: Set<string>;
  /** Access keys that AWS no longer knows, and those that have expired. */
  revoked: Set<string>;
  expired: Set<string>;
  /** Regions that are not enabled: no key of the account is known there. */
  disabledRegions: Set<string>;
  /** GetResources disregards its list of ARNs and answers everything in pages, as moto does. */
  everything: boolean;
  explorer: {
    index: 'ACTIVE' | 'CREATING' | null;
    view: boolean;
    /** Whether the view shows tags, and what it is restricted to. */
    tags: boolean;
    filter: string;
    /** Whether a search for an id finds nothing whatever. */
    blind: boolean;
    /** ARNs that the index has missed. */
    missed: Set<string>;
    /** Types that it indexes. */
    types: Set<string>;
  };
}

export interface ItemFault {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export function noFaults(): Faults {
  return {
    apis: /./,
    throttles: 0,
    retryAfter: null,
    errors: 0,
    drops: 0,
    strike: null,
    slow: 0,
    expiredPages: 0,
    repeats: false,
    moves: false,
    item: null,
    denied: new Set(),
    revoked: new Set(),
    expired: new Set(),
    disabledRegions: new Set(),
    everything: false,
    explorer: {
      index: 'ACTIVE',
      view: true,
      tags: true,
      filter: '',
      blind: false,
      missed: new Set(),
      types: new Set(['rds:db', 's3:bucket', 'ec2:instance', 'dynamodb:table', 'logs:log-group', 'iam:role', 'sqs:queue']),
    },
  };
}

/** An error as AWS answers it; each protocol spells it in its own way. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}
