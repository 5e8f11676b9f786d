import type { IncomingMessage } from 'node:http';
import { AwsError, type Faults } from './faults.ts';

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Whose request it is, as the signature's credential scope tells. */
export interface Caller {
  readonly account: string;
  readonly key: string;
  readonly region: string;
  readonly service: string;
  /** Name of the assumed role; null for a user. */
  readonly role: string | null;
}

interface Session {
  readonly account: string;
  readonly role: string;
  readonly token: string;
  readonly expires: number;
}

/** Access keys of the stand-in. Signatures are not checked, keys and session tokens are. */
export class Keys {
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #sessions = new Map<string, Session>();
  readonly #clock: Clock;
  readonly #lifetime: number;

  constructor(accounts: ReadonlyMap<string, string>, clock: Clock, lifetime: number) {
    this.#accounts = accounts;
    this.#clock = clock;
    this.#lifetime = lifetime;
  }

  /** Credentials of a role for one hour or what the stand-in was started with. */
  issue(account: string, role: string): { key: string; secret: string; token: string; expires: number } {
    const key = `ASIA${account}${String(this.#sessions.size).padStart(4, '0')}`;
    const session = { account, role, token: `session-of-${key}`, expires: this.#clock.now() + this.#lifetime };
    this.#sessions.set(key, session);
    return { key, secret: `secret-of-${key}`, token: session.token, expires: session.expires };
  }

  /** Throws what AWS says to credentials that it does not take; `codes` are those of the protocol. */
  caller(request: IncomingMessage, faults: Faults, codes: { unknown: string; expired: string }): Caller {
    const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '');
    if (scope === null) throw new AwsError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
    const [, key = '', region = '', service = ''] = scope;
    const session = this.#sessions.get(key);
    const account = session?.account ?? this.#accounts.get(key);
    const token = session === undefined || request.headers['x-amz-security-token'] === session.token;
    const enabled = service === 'sts' || !faults.disabledRegions.has(region);
    if (account === undefined || !token || !enabled || faults.revoked.has(key)) {
      throw new AwsError(codes.unknown, 403, 'The security token included in the request is invalid.');
    }
    if (faults.expired.has(key) || (session !== undefined && session.expires <= this.#clock.now())) {
      throw new AwsError(codes.expired, 403, 'The security token included in the request is expired');
    }
    return { account, key, region, service, role: session?.role ?? null };
  }
}

/** `arn:aws:sts::...:assumed-role/...` or a user, as GetCallerIdentity says it. */
export function callerArn({ account, role }: Caller, partition: string): string {
  return role === null
    ? `arn:${partition}:iam::${account}:user/scanner`
    : `arn:${partition}:sts::${account}:assumed-role/${role}/inlane`;
}

export function denied(caller: Caller, permission: string, resource: string): AwsError {
  const message = `User: ${callerArn(caller, 'aws')} is not authorized to perform: ${permission} on resource: ${resource} because no identity-based policy allows the ${permission} action`;
  return new AwsError('AccessDeniedException', 400, message);
}

/** As many calls a second as documented, for each account, region and API. */
export class Limits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(of: string, perSecond: number): boolean {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(of) ?? { tokens: perSecond, at: now };
    const tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    this.#buckets.set(of, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }
}
