import type { ReadSummary, SweptTarget } from '../../scan/record.ts';
import { whereOf } from './findings.ts';
import type { Unread, Where } from './model.ts';

/** Everything that was not read: states first, then objects of which no state says where they are, then targets. */
export function allUnread(read: ReadSummary, targets: readonly SweptTarget[]): Unread[] {
  return [...unreadBefore(read), ...targets.flatMap(unreadOf)];
}

/** What was not read before any cloud was asked. */
export function unreadBefore(read: ReadSummary): Unread[] {
  return [...unreadStates(read), ...unlocated(read)];
}

function unreadStates({ unreadStates: states }: ReadSummary): Unread[] {
  return states.map(({ path, why, hint }) => ({
    ...NOWHERE,
    what: 'state',
    state: path,
    objects: 0,
    addresses: [],
    why,
    permission: null,
    hint,
  }));
}

const NOWHERE: Where = { cloud: null, account: null, region: null };

/** Addresses that one line of `unread` names. */
const NAMED = 10;

/** Objects whose state does not say where they are: equal reasons together. */
function unlocated({ unlocated: objects, states }: ReadSummary): Unread[] {
  const byReason = grouped(objects, ({ state, why }) => `${state}\0${why}`);
  return [...byReason.values()].map((group) => {
    const [first] = group as [(typeof group)[0], ...typeof group];
    return {
      ...NOWHERE,
      what: 'objects',
      state: states[first.state]?.path ?? null,
      objects: group.length,
      addresses: group.slice(0, NAMED).map(({ address }) => address),
      why: first.why,
      permission: first.refused?.permission ?? null,
      hint: first.refused?.hint ?? 'refresh the state with a current provider, so that it says where the object is',
    };
  });
}

/** What was not read of one target: what was refused as a whole, then single objects, equal reasons together. */
export function unreadOf({ target, failures, results }: SweptTarget): Unread[] {
  const where = whereOf(target);
  const single = results.flatMap(({ outcome, ...rest }) => (outcome.kind === 'unread' ? [{ ...rest, outcome }] : []));
  const groups = grouped(single, ({ outcome }) => JSON.stringify([outcome.why, outcome.permission]));
  return [
    ...failures.map(({ what, objects, why, permission, hint }): Unread => {
      return { ...where, what, state: null, objects, addresses: [], why, permission, hint };
    }),
    ...[...groups.values()].map((group): Unread => {
      const { why, permission, hint } = (group[0] as (typeof group)[0]).outcome;
      const addresses = group.slice(0, NAMED).map(({ address }) => address);
      return { ...where, what: 'objects', state: null, objects: group.length, addresses, why, permission, hint };
    }),
  ];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
