import type { ObjectValue } from '../src/plan/value.ts';

/** Clouds that a scan can look at; each is `providers/<folder>/client.ts`, the only import of its SDK. */
export const CLOUD_NAMES = ['aws', 'google', 'azure'] as const;
export type CloudName = (typeof CLOUD_NAMES)[number];

/**
 * The smallest place with credentials, limits and failures of its own: an account and region on AWS, a project on Google Cloud, a
 * subscription on Azure.
 */
export interface CloudTarget {
  readonly cloud: CloudName;
  /** AWS: `aws`, `aws-cn`, `aws-us-gov` ...; null elsewhere. */
  readonly partition: string | null;
  /**
   * Account id, project id (or number where nothing else is known), subscription id (lower case). Empty where nothing in the state tells it
   * (an S3 bucket): the caller's own, see `CloudClient.settled`.
   */
  readonly account: string;
  /** AWS: the region that answers for the object (`us-east-1` of the partition `aws` for global services); null elsewhere. */
  readonly region: string | null;
}

/** Where an object of a state stands in its cloud; made from its values alone, by `Provider.located`. */
export interface CloudPlace {
  readonly target: CloudTarget;
  /**
   * The name that the inventory knows it by, in one canonical spelling, so that equal objects have equal ids: ARN; full resource name
   * as Cloud Asset spells it; ARM id in lower case.
   */
  readonly id: string;
  /** What the client needs besides to read or tag it: another name of it, its location. Strings only, nothing secret. */
  readonly detail: Readonly<Record<string, string>>;
}

/** What a state tells of an object's place beside its values. */
export interface PlaceHints {
  /** The provider's own identity of the object (`identity` of a state): `account_id`, `region`, ... */
  readonly identity?: ObjectValue | null;
  /** Account and region of the other objects under the same provider configuration, where all of them have the same. */
  readonly account?: string | null;
  readonly region?: string | null;
}

/** What a client is asked about. */
export interface CloudObject {
  /** Terraform type. */
  readonly type: string;
  readonly place: CloudPlace;
  /** Keys that matter, where a cloud keeps several kinds of tags: others may be missing in the answer. Left out = all matter. */
  readonly keys?: readonly string[];
}

/** What stands in the cloud. Keys as the cloud spells them (folded where it folds); Google: with a slash = Resource Manager tag, without = label. */
export interface FoundTags {
  readonly tags: ReadonlyMap<string, string>;
  /** Keys that hold on the object only because something above it carries them. */
  readonly inherited: ReadonlyMap<string, string>;
  /** What else writes the object's tags or the object itself (a CloudFormation stack, a controller): such objects are never repaired. */
  readonly managedBy: string | null;
}

export type CloudAnswer =
  | ({ readonly state: 'found' } & FoundTags)
  /** The cloud says that there is no such object. */
  | { readonly state: 'gone' }
  /** It exists, and cannot carry tags. */
  | { readonly state: 'not-taggable'; readonly why: string }
  /** The cloud did not say: a failed read, or an absence that proves nothing. */
  | { readonly state: 'unread'; readonly failure: CloudFailure };

/** One object of a cloud's own inventory. */
export interface InventoryItem extends FoundTags {
  /** Spelled as `CloudPlace.id`. */
  readonly id: string;
  /** The cloud's own name of its type: `rds:db`, `sqladmin.googleapis.com/Instance`, `microsoft.sql/servers`. */
  readonly type: string;
  readonly region: string | null;
  /** RFC 3339 in UTC, where the cloud tells. */
  readonly createdAt: string | null;
  readonly createdBy: string | null;
}

/** An edit of tags: adds or sets keys. `unset` is for undoing what a repair has added, never for anything else. */
export interface TagEdit {
  readonly object: CloudObject;
  readonly set: ReadonlyMap<string, string>;
  readonly unset: ReadonlySet<string>;
}

export type WriteAnswer = { readonly state: 'done' } | { readonly state: 'failed'; readonly failure: CloudFailure };

/** Reads and writes in one target. Its methods reject with CloudFailure only where nothing at all could be said. */
export interface CloudSession {
  /**
   * `read`: every object is asked for by name. `inventory`: pages of the inventory carry tags, and only what they do not show, or
   * show otherwise than wanted, is read by name.
   */
  readonly first: 'read' | 'inventory';
  /** Objects that one `read` takes at most. */
  readonly batch: number;
  /** Edits that one `write` takes at most. */
  readonly writeBatch: number;
  /** Current tags: one answer for each object, in order. */
  read(objects: readonly CloudObject[]): Promise<readonly CloudAnswer[]>;
  /** Everything that stands in the target, page by page; a page may be empty. Nothing twice, unless the cloud's own pages overlap. */
  inventory(): AsyncIterable<readonly InventoryItem[]>;
  /** One answer for each edit, in order. Writes nothing but the keys of the edit. */
  write(edits: readonly TagEdit[]): Promise<readonly WriteAnswer[]>;
}

export interface CloudClient {
  /** Every API that it may call; limits, policies and documentation are made of this table. */
  readonly apis: readonly CloudApi[];
  /** Checks credentials for the target. Rejects with CloudFailure. */
  open(target: CloudTarget): Promise<CloudSession>;
  /** A place whose account is empty, with the caller's own; others as they are. Absent = there are no such places. Rejects with CloudFailure. */
  settled?(place: CloudPlace): Promise<CloudPlace>;
  close(): Promise<void>;
}

/** One API operation: what it needs, how often it may be called, whether it writes. */
export interface CloudApi {
  /** As the vendor spells it: `tag:GetResources`, `cloudasset.assets.searchAllResources`, `Microsoft.Resources/tags/read`. */
  readonly name: string;
  /** Permissions that the caller needs, as a policy spells them. */
  readonly permissions: readonly string[];
  /** Documented limit: `calls` per `per` milliseconds, counted for each `of`; APIs with the same `pool` share one. */
  readonly limit: {
    readonly calls: number;
    readonly per: number;
    readonly of: 'target' | 'account' | 'caller';
    readonly pool?: string;
  };
  readonly writes: boolean;
  /** Page that documents the limit, or `assumed`. */
  readonly source: string;
}

/**
 * Every request goes through this: it waits for its turn under the API's limit, sends, and tries again what failed for a while. `send`
 * makes exactly one request and rejects with CloudFailure.
 */
export type Call = <T>(api: CloudApi, target: CloudTarget, send: () => Promise<T>) => Promise<T>;

export interface ClientOptions {
  readonly call: Call;
  /** AWS: role to assume in an account that is not the caller's own, `{account}` and `{partition}` filled in; null = none. */
  readonly assumeRole: string | null;
  /** How to reach the cloud instead of its public endpoints, as the client of that cloud understands it. */
  readonly connection?: unknown;
}

export const FAILURE_KINDS = [
  'credentials',
  'denied',
  'unknown-place',
  'throttled',
  'transient',
  'refused',
  'unconfirmed',
] as const;

/**
 * `credentials`: none, bad or expired; `denied`: lacks a permission; `unknown-place`: no such account, project, subscription or region,
 * or the API is switched off there; `throttled` and `transient`: trying again may help; `refused`: the cloud does not take the request;
 * `unconfirmed`: an absence that proves nothing.
 */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Why a cloud did not answer, in one line without secrets, request ids or clock times. */
export class CloudFailure extends Error {
  override readonly name = 'CloudFailure';
  readonly kind: FailureKind;
  /** The exact permission that is missing, as a policy spells it; null where it is not about one. */
  readonly permission: string | null;
  /** What to do next. */
  readonly hint: string;
  /** Milliseconds that the cloud asks to wait; null = it does not say. */
  readonly retryAfter: number | null;

  constructor(
    kind: FailureKind,
    message: string,
    hint: string,
    more: { readonly permission?: string | null; readonly retryAfter?: number | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.hint = hint;
    this.permission = more.permission ?? null;
    this.retryAfter = more.retryAfter ?? null;
  }
}
