import { type Call, type CloudApi, CloudFailure, type CloudObject, type CloudTarget } from '../../providers/cloud.ts';

/** How often `call` sends what may pass. */
const TRIES = 5;

export interface Calls {
  readonly call: Call;
  /** Names of what was called, retries included, in order. */
  readonly made: string[];
  readonly apis: Set<CloudApi>;
  readonly targets: Set<string>;
}

/** A `call` that waits for nothing and tries again what failed for a while, as the interface asks. */
export function counted(tries = TRIES): Calls {
  const made: string[] = [];
  const apis = new Set<CloudApi>();
  const targets = new Set<string>();
  const call: Call = async (api, target, send) => {
    apis.add(api);
    targets.add(`${target.partition} ${target.account} ${target.region}`);
    for (let at = 1; ; at++) {
      made.push(api.name);
      try {
        return await send();
      } catch (error) {
        const passes = error instanceof CloudFailure && (error.kind === 'throttled' || error.kind === 'transient');
        if (!passes || at === tries) throw error;
      }
    }
  };
  return { call, made, apis, targets };
}

export const ACCOUNT = '123456789012';

export function target(region = 'eu-central-1', account = ACCOUNT): CloudTarget {
  return { cloud: 'aws', partition: 'aws', account, region };
}

export function object(type: string, id: string, place = target(), detail: Readonly<Record<string, string>> = {}): CloudObject {
  return { type, place: { target: place, id, detail } };
}
