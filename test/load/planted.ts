import type { CloudName, CloudTarget } from '../../providers/cloud.ts';

/** What is wrong with an object of the load run, on purpose. */
export type Kind =
  /** Lacks its team. */
  | 'missing'
  /** Is tagged as of the other environment. */
  | 'changed'
  /** Carries a team that its state does not have. */
  | 'added'
  /** Has no tags any more; AWS: was never tagged, so that only the index knows it. */
  | 'emptied'
  | 'gone'
  /** Its data class holds only by what stands above it, and is the right one. */
  | 'inherited'
  /** What stands above it says another data class than the state. */
  | 'overruled'
  /** Its type carries no tags there. */
  | 'untaggable';

const KINDS: Readonly<Record<CloudName, readonly Kind[]>> = {
  aws: ['missing', 'changed', 'added', 'emptied', 'gone'],
  google: ['missing', 'changed', 'added', 'emptied', 'gone', 'inherited', 'overruled'],
  azure: ['missing', 'changed', 'added', 'emptied', 'gone', 'untaggable'],
};

/** Number of Google's organization, which owns the tag keys. */
export const ORG = '123456789012';
/** What Google's folder hands down. */
export const ABOVE = { data: 'internal' } as const;

export type Tags = Readonly<Record<string, string>>;

/** One account of the load run: `count` objects in states, and `extra` in none. */
export interface Account {
  readonly target: CloudTarget;
  readonly number: number;
  readonly count: number;
  readonly extra: number;
  /** Every so many objects one is wrong. */
  readonly every: number;
}

/** Twenty accounts with an equal share of the objects each: eight on AWS (four accounts in two regions), six on Google Cloud and Azure. */
export function accountsOf(objects: number, every: number): readonly Account[] {
  const count = Math.floor(objects / 20);
  return Array.from({ length: 20 }, (_, number) => {
    return { target: targetOf(number), number, count, extra: Math.max(2, Math.floor(count / 250)), every };
  });
}

function targetOf(number: number): CloudTarget {
  if (number < 8) {
    const region = number % 2 === 0 ? 'eu-central-1' : 'us-west-2';
    return { cloud: 'aws', partition: 'aws', account: `${100_000_000_000 + Math.floor(number / 2)}`, region };
  }
  if (number < 14) return { cloud: 'google', partition: null, account: `load-project-${number}`, region: null };
  const account = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { cloud: 'azure', partition: null, account, region: null };
}

/** Null = as wanted. Kinds take turns, so that every one comes up in a small run too. */
export function kindOf({ target, number, every, count }: Account, index: number): Kind | null {
  if (index >= count || index % every !== (7 * number) % every) return null;
  const kinds = KINDS[target.cloud];
  return kinds[(Math.floor(index / every) + number) % kinds.length] as Kind;
}

/** Classification as the state has it, by attribute. */
export function wantedOf(account: Account, index: number): Tags {
  const kind = kindOf(account, index);
  const all = {
    environment: index % 3 === 0 ? 'production' : 'development',
    team: index % 2 === 0 ? 'payments' : 'orders',
    data: kind === 'overruled' ? 'public' : 'internal',
  };
  if (kind !== 'added') return all;
  const { team: _, ...rest } = all;
  return rest;
}

/** As it stands in the cloud, by attribute; null = it is gone. What is in no state is half tagged. */
export function standingOf(account: Account, index: number): Tags | null {
  if (index >= account.count) return index % 2 === 0 ? { environment: 'development' } : {};
  const { environment = '', team, data = '' } = wantedOf(account, index);
  const rest = { ...(team === undefined ? {} : { team }), data };
  switch (kindOf(account, index)) {
    case 'missing':
      return { environment, data };
    case 'changed':
      return { ...rest, environment: environment === 'production' ? 'development' : 'production' };
    case 'added':
      return { environment, data, team: 'payments' };
    case 'gone':
      return null;
    case 'emptied':
    case 'untaggable':
      return {};
    case 'inherited':
    case 'overruled':
      return { environment, ...(team === undefined ? {} : { team }) };
    case null:
      return { environment, ...rest };
  }
}

/** A finding as it must be told: once, and no other. */
export interface Expected {
  readonly verdict: 'missing' | 'drifted' | 'not-found' | 'not-taggable';
  readonly attribute: string | null;
  readonly wanted: string | null;
  readonly found: string | null;
}

/** From the table of kinds by hand, not by comparing tags as the scan does. */
export function expectedOf(account: Account, index: number): readonly Expected[] {
  const { environment = null, team = null, data = null } = wantedOf(account, index);
  const lost = (attribute: string, wanted: string | null): Expected => ({ verdict: 'missing', attribute, wanted, found: null });
  switch (kindOf(account, index)) {
    case 'missing':
      return [lost('team', team)];
    case 'changed': {
      const found = environment === 'production' ? 'development' : 'production';
      return [{ verdict: 'drifted', attribute: 'environment', wanted: environment, found }];
    }
    case 'added':
      return [{ verdict: 'drifted', attribute: 'team', wanted: null, found: 'payments' }];
    case 'emptied': {
      const own = [lost('environment', environment), lost('team', team)];
      return account.target.cloud === 'google' ? own : [...own, lost('data', data)];
    }
    case 'gone':
      return [{ verdict: 'not-found', attribute: null, wanted: null, found: null }];
    case 'untaggable':
      return [{ verdict: 'not-taggable', attribute: null, wanted: null, found: null }];
    case 'overruled':
      return [{ verdict: 'drifted', attribute: 'data', wanted: 'public', found: 'internal' }];
    case 'inherited':
    case null:
      return [];
  }
}

/** Whether the data class holds by what stands above, so that the object counts as inherited when nothing else is wrong. */
export function isInherited(account: Account, index: number): boolean {
  return kindOf(account, index) === 'inherited';
}
