import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { IAM } from '@aws-sdk/client-iam';
import type { ResourceExplorer2 } from '@aws-sdk/client-resource-explorer-2';
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { type Call, type CloudApi, CloudFailure, type CloudTarget } from '../cloud.ts';
import type { Access } from './access.ts';
import { failureOf, isExpired, isUnknownKey } from './failures.ts';
import type { Services } from './services.ts';

/** The one way out of a session: every request has fresh credentials, waits for its turn, and fails with CloudFailure. */
export class Door {
  /** Its account is never empty. */
  readonly target: CloudTarget;
  readonly region: string;
  readonly #services: Services;
  readonly #access: Access;
  readonly #call: Call;

  constructor(target: CloudTarget, services: Services, access: Access, call: Call) {
    this.target = { ...target, account: access.account };
    this.region = target.region ?? '';
    this.#services = services;
    this.#access = access;
    this.#call = call;
  }

  tagging<T>(api: CloudApi, request: (service: ResourceGroupsTaggingAPI) => Promise<T>): Promise<T> {
    return this.#send(api, this.#services.tagging(this.region, this.#access.signer), request);
  }

  explorer<T>(api: CloudApi, request: (service: ResourceExplorer2) => Promise<T>): Promise<T> {
    return this.#send(api, this.#services.explorer(this.region, this.#access.signer), request);
  }

  iam<T>(api: CloudApi, request: (service: IAM) => Promise<T>): Promise<T> {
    return this.#send(api, this.#services.iam(this.region, this.#access.signer), request);
  }

  autoscaling<T>(api: CloudApi, request: (service: AutoScaling) => Promise<T>): Promise<T> {
    return this.#send(api, this.#services.autoscaling(this.region, this.#access.signer), request);
  }

  async #send<C, T>(api: CloudApi, client: Promise<C>, request: (service: C) => Promise<T>): Promise<T> {
    await this.#access.ready();
    const service = await client;
    const send = () =>
      this.#call(api, this.target, async () => {
        try {
          return await request(service);
        } catch (error) {
          throw failureOf(error, api, this.target);
        }
      });
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof CloudFailure)) throw error;
      if (isExpired(error) && (await this.#access.renew())) return send();
      if (isUnknownKey(error)) throw await this.#unknownHere(error);
      throw error;
    }
  }

  /** A region that is not enabled knows no key of the account: only STS at home tells that from a key that was taken away. */
  async #unknownHere(failure: CloudFailure): Promise<CloudFailure> {
    try {
      await this.#access.check();
    } catch (error) {
      if (error instanceof CloudFailure) return error;
      throw error;
    }
    const { account } = this.target;
    return new CloudFailure(
      'unknown-place',
      `region ${this.region} is not enabled in account ${account}`,
      'enable the region in the account, or leave its resources out',
      { cause: failure },
    );
  }
}
