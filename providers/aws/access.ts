import { type Call, type CloudApi, CloudFailure, type CloudTarget } from '../cloud.ts';
import { ASSUME_ROLE, GET_CALLER_IDENTITY } from './apis.ts';
import { homeRegion, parseArn } from './arn.ts';
import { failureOf, isPassing } from './failures.ts';
import type { AwsConnection, Credentials, Services, Signer } from './services.ts';

/** Credentials of one account, and who they are. */
export interface Access {
  readonly account: string;
  readonly signer: Signer;
  /** Renews credentials that are about to expire. Rejects with CloudFailure. */
  ready(): Promise<void>;
  /** New credentials in place of expired ones; false where there are none to be had. */
  renew(): Promise<boolean>;
  /** Asks AWS once more who the caller is; rejects with CloudFailure when it no longer says. */
  check(): Promise<void>;
}

/** Credentials are renewed this many milliseconds before they expire. */
const EARLY = 5 * 60_000;

const CALLER: Signer = { name: 'caller', credentials: null };

export interface AccessOptions {
  readonly services: Services;
  readonly call: Call;
  readonly assumeRole: string | null;
  readonly connection: AwsConnection;
}

/** Who the caller is, and the roles it assumes in other accounts: each is asked for once. */
export class Accounts {
  readonly #options: AccessOptions;
  readonly #callers = new Map<string, Promise<string>>();
  readonly #assumed = new Map<string, Promise<Access>>();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Account id of the caller, whose credentials have to be of the partition. */
  caller(target: CloudTarget): Promise<string> {
    const home = homeOf(target);
    return remembered(this.#callers, home.partition ?? '', () => this.#identity(home, CALLER));
  }

  async of(target: CloudTarget): Promise<Access> {
    const caller = await this.caller(target);
    const home = { ...homeOf(target), account: caller };
    if (target.account === '' || target.account === caller) {
      const check = async () => void (await this.#identity(home, CALLER));
      return { account: caller, signer: CALLER, ready: async () => {}, renew: async () => false, check };
    }
    return remembered(this.#assumed, `${target.partition} ${target.account}`, () => this.#assume(target.account, home));
  }

  async #assume(account: string, home: CloudTarget): Promise<Access> {
    const { assumeRole } = this.#options;
    if (assumeRole === null) {
      throw new CloudFailure(
        'denied',
        `the credentials are of account ${home.account}, not of ${account}`,
        'name the role to assume there with `--assume-role arn:{partition}:iam::{account}:role/NAME`',
        { permission: ASSUME_ROLE.name },
      );
    }
    const role = assumeRole.replaceAll('{account}', account).replaceAll('{partition}', home.partition ?? '');
    const access = new AssumedRole(this.#options, role, account, home);
    await access.ready();
    const found = await this.#identity({ ...home, account }, access.signer);
    if (found === account) return access;
    throw new CloudFailure(
      'denied',
      `the role of \`--assume-role\` is in account ${found}, not in ${account}`,
      'write `{account}` for the account id in `--assume-role`',
      { permission: ASSUME_ROLE.name },
    );
  }

  async #identity(home: CloudTarget, signer: Signer): Promise<string> {
    const { services, call } = this.#options;
    const sts = await services.sts(home.region ?? '', signer);
    const { Account, Arn } = await sent(call, GET_CALLER_IDENTITY, home, () => sts.getCallerIdentity({}));
    const partition = parseArn(Arn)?.partition;
    if (Account === undefined || partition === undefined) {
      throw new CloudFailure('refused', 'AWS did not say whose the credentials are', 'check the endpoint that AWS is reached by');
    }
    if (partition === home.partition) return Account;
    throw new CloudFailure(
      'credentials',
      `the credentials are of partition ${partition}, not of ${home.partition}`,
      'give credentials of the partition that the resources stand in',
    );
  }
}

class AssumedRole implements Access {
  readonly account: string;
  readonly signer: Signer;
  readonly #options: AccessOptions;
  readonly #role: string;
  readonly #home: CloudTarget;
  #current: { readonly credentials: Credentials; readonly expires: number } | null = null;
  #renewing: Promise<void> | null = null;

  constructor(options: AccessOptions, role: string, account: string, home: CloudTarget) {
    this.account = account;
    this.#options = options;
    this.#role = role;
    this.#home = home;
    this.signer = { name: `${home.partition} ${account}`, credentials: async () => this.#held() };
  }

  async ready(): Promise<void> {
    const now = (this.#options.connection.now ?? Date.now)();
    if (this.#current === null || this.#current.expires - now < EARLY) await this.#renewed();
  }

  async renew(): Promise<boolean> {
    await this.#renewed();
    return true;
  }

  async check(): Promise<void> {
    const { services, call } = this.#options;
    const sts = await services.sts(this.#home.region ?? '', this.signer);
    await sent(call, GET_CALLER_IDENTITY, { ...this.#home, account: this.account }, () => sts.getCallerIdentity({}));
  }

  #held(): Credentials {
    if (this.#current === null) throw new Error('a request was signed before its role was assumed');
    return this.#current.credentials;
  }

  /** Requests that wait for new credentials at the same time share them. */
  #renewed(): Promise<void> {
    this.#renewing ??= this.#assume().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #assume(): Promise<void> {
    const { services, call } = this.#options;
    const sts = await services.sts(this.#home.region ?? '', CALLER);
    const answer = await sent(call, ASSUME_ROLE, this.#home, () =>
      sts.assumeRole({ RoleArn: this.#role, RoleSessionName: 'inlane' }),
    ).catch((failure: unknown) => {
      if (!(failure instanceof CloudFailure) || isPassing(failure) || failure.kind === 'credentials') throw failure;
      throw new CloudFailure(
        failure.kind,
        `the role \`${this.#role}\` of \`--assume-role\` cannot be assumed`,
        'let its trust policy name the caller, and allow the caller sts:AssumeRole on it',
        { permission: ASSUME_ROLE.name },
      );
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new CloudFailure('refused', 'AWS handed out no credentials for the role of `--assume-role`', 'check the role');
    }
    // `ready` sees to their renewal; the date in the past has the SDK ask for what is held now with every request.
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: new Date(0),
    };
    this.#current = { credentials, expires: Expiration?.getTime() ?? Number.POSITIVE_INFINITY };
  }
}

/** Where STS answers for the target's partition; the region may be of no use to STS, or not exist. */
function homeOf(target: CloudTarget): CloudTarget {
  const region = homeRegion(target.partition ?? '', 'sts');
  if (region !== null) return { ...target, region };
  throw new CloudFailure('unknown-place', `there is no AWS partition \`${target.partition}\``, 'check the ARNs of the state');
}

function sent<T>(call: Call, api: CloudApi, target: CloudTarget, send: () => Promise<T>): Promise<T> {
  return call(api, target, async () => {
    try {
      return await send();
    } catch (error) {
      throw failureOf(error, api, target);
    }
  });
}

/** A promise for each key; one that failed is forgotten, so that the next request tries again. */
function remembered<T>(promises: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = promises.get(key);
  if (known !== undefined) return known;
  const promise = make();
  promises.set(key, promise);
  promise.catch(() => promises.delete(key));
  return promise;
}
