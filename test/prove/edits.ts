import type { Seeded } from '../seeded.ts';
import type { Case, Doc } from './generate.ts';

/** Edits of a lane file as people make them: each changes what some change of infrastructure is told, or may. */
const EDITS: readonly ((org: Doc, random: Seeded) => void)[] = [
  // A guard less.
  (org, random) => removeOne(listOf(org.guards), random),
  // A guard more.
  (org, random) => {
    const does = random.pick(['create', 'update', 'destroy']);
    const approval = { from: { team: 'sre' }, count: 1 };
    listOf(org.guards).push(
      random.chance(0.5) ? { id: 'new', deny: does } : { id: 'new', require: { approval }, do: [does, 'invoke'] },
    );
  },
  // A lane wider: one condition less.
  (org, random) => {
    const may = random.pick(mays(org));
    const keys = Object.keys(may).filter((key) => key !== 'do');
    if (keys.length > 1) delete may[random.pick(keys)];
  },
  // A lane for more operations.
  (org, random) => {
    random.pick(mays(org)).do = ['create', 'update', 'destroy', 'invoke'];
  },
  // A lane for others.
  (org, random) => {
    const lanes = Object.values(org.lanes as Doc) as Doc[];
    random.pick(lanes).who = random.pick<unknown>(['anyone', { kind: 'human' }, { team: 'dev' }, { id: 'dana' }]);
  },
  // Fewer approvals, of others, or of the author.
  (org, random) => {
    for (const guard of listOf(org.guards)) {
      const approval = (guard.require as Doc | undefined)?.approval as Doc | undefined;
      if (!approval) continue;
      const edit = random.below(4);
      if (edit === 0) approval.count = random.pick([1, 2, 3]);
      else if (edit === 1) approval.from = random.pick([{ team: 'dev' }, { team: 'sre' }, { id: 'dana' }]);
      else if (edit === 2) delete approval.not_by;
      else approval.not_by = ['author', 'delegator'];
    }
  },
  // Somebody joins a team, or an agent gets another tier.
  (org, random) => {
    const principals = org.principals as Doc | undefined;
    if (!principals) return;
    const people = principals.people as Doc;
    people.erin = {};
    const teams = principals.teams as Record<string, string[]>;
    random.pick(Object.values(teams)).push('erin');
  },
  (org) => {
    const tiers = (org.principals as Doc | undefined)?.tiers as Doc | undefined;
    if (tiers) tiers.T1 = [{ do: ['create', 'read', 'update'] }];
  },
  // Another source of an attribute, or another carrier.
  (org, random) => {
    const attributes = Object.values((org.attributes ?? {}) as Doc) as Doc[];
    if (attributes.length === 0) return;
    const attribute = random.pick(attributes);
    const from = attribute.from as Doc[];
    const edit = random.below(3);
    if (edit === 0 && from.length > 1) removeOne(from, random);
    else if (edit === 1) attribute.tag = { aws: 'env', google: 'env' };
    else if (attribute.values !== 'any' && !('registry' in (attribute.values as Doc)))
      from.push({
        account: { '1*': Array.isArray(attribute.values) ? attribute.values[0] : Object.keys(attribute.values as Doc)[0] },
      });
  },
  // A class of another name, or with other members.
  (org) => rename(org, 'graph', 'graphs'),
  (org) => rename(org, 'precious', 'valued'),
  (org) => {
    for (const one of Object.values(org.classes as Doc) as Doc[]) if (one.types) one.types = ['acme_*', 'random_*'];
  },
  // A guard that only watches, or watched only.
  (org, random) => {
    const guards = listOf(org.guards);
    if (guards.length === 0) return;
    const guard = random.pick(guards);
    if (guard.enforce === undefined) guard.enforce = 'observe';
    else delete guard.enforce;
  },
  // A freeze that has no end any more.
  (org) => {
    for (const freeze of listOf(org.freezes)) delete freeze.until;
  },
];

/** The same rules after one or two edits; the org file alone. */
export function edited({ org }: Case, random: Seeded): Doc {
  const after = structuredClone(org);
  for (const edit of random.some(EDITS, 1 + random.below(2))) edit(after, random);
  return after;
}

function listOf(value: unknown): Doc[] {
  return (value ?? []) as Doc[];
}

function removeOne(list: Doc[], random: Seeded): void {
  if (list.length > 0) list.splice(random.below(list.length), 1);
}

function mays(org: Doc): Doc[] {
  return (Object.values(org.lanes as Doc) as Doc[]).flatMap(({ may }) => may as Doc[]);
}

/** Everywhere. */
function rename(org: Doc, from: string, to: string): void {
  const visit = (value: unknown): unknown => {
    if (value === from) return to;
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key === from ? to : key, visit(inner)]));
  };
  for (const key of Object.keys(org)) org[key] = visit(org[key]);
}
