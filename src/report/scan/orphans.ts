import { parseInstant, spellInstant } from '../../logic/matcher.ts';
import type { OrphanGroup, OrphanQuestion, Orphans, Unmanaged } from './model.ts';

/** One unmanaged object as an orphan. */
export interface Orphan {
  readonly ageKnown: boolean;
  /** Its group; groups stand in the order of these texts. */
  readonly group: string;
  /** Within its group; the oldest first. */
  readonly order: string;
  readonly item: { readonly id: string; readonly created_at: string | null };
}

/** Null where it is looked after by something else, or is surely younger than asked for. */
export function orphanOf(item: Unmanaged, { before }: Pick<OrphanQuestion, 'before'>): Orphan | null {
  const { cloud, account, type, id, owner, created_at, created_by, managed_by } = item;
  if (managed_by !== null) return null;
  const since = created_at === null ? null : parseInstant(created_at);
  if (since !== null && since > before) return null;
  const from = owner !== null ? 'tag' : created_by !== null ? 'creator' : null;
  return {
    ageKnown: since !== null,
    group: JSON.stringify([cloud, account, type, owner ?? created_by, from]),
    order: `${String(Math.max(0, since ?? 0)).padStart(16, '0')} ${id}`,
    item: { id, created_at },
  };
}

/** What a group says beside its ids. */
export function orphanHead(group: string, count: number, oldest: string | null): Omit<OrphanGroup, 'ids'> {
  const [cloud, account, type, owner, owner_from] = JSON.parse(group) as [
    OrphanGroup['cloud'],
    OrphanGroup['account'],
    string,
    OrphanGroup['owner'],
    OrphanGroup['owner_from'],
  ];
  return { cloud, account, type, owner, owner_from, count, oldest };
}

export function orphansOf(unmanaged: readonly Unmanaged[], question: OrphanQuestion): Orphans {
  const all = unmanaged.flatMap((item) => orphanOf(item, question) ?? []).sort((a, b) => order(a, b));
  return {
    older_than: question.olderThan,
    made_before: spellInstant(question.before),
    groups: groupsOf(all.filter(({ ageKnown }) => ageKnown)),
    age_unknown: groupsOf(all.filter(({ ageKnown }) => !ageKnown)),
  };
}

function order(a: Orphan, b: Orphan): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.order < b.order ? -1 : a.order === b.order ? 0 : 1;
}

/** Of orphans in order. */
function groupsOf(orphans: readonly Orphan[]): OrphanGroup[] {
  const groups = new Map<string, Orphan[]>();
  for (const orphan of orphans) {
    const group = groups.get(orphan.group);
    if (group === undefined) groups.set(orphan.group, [orphan]);
    else group.push(orphan);
  }
  return [...groups].map(([key, members]) => ({
    ...orphanHead(key, members.length, members[0]?.item.created_at ?? null),
    ids: members.map(({ item }) => item.id),
  }));
}
