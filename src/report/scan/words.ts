import type { OrphanGroup, Orphans, ScanReport, ScanSummary, Unmanaged, Unread, Where } from './model.ts';

/** Parts of a scan in words. None of it is escaped: each format does that for its own sink. */

/** `aws 111122223333 eu-central-1`. */
export function whereWords({ cloud, account, region }: Where): string {
  return [cloud, account === '' ? null : account, region].filter((part) => part !== null).join(' ');
}

/** What the whole scan says, behind its verdict. */
export function headlineWords({ summary, states, partial, unread, shard }: ScanReport): string {
  const said = SAID.flatMap(({ key, words }) => (summary[key] > 0 ? [`${summary[key]} ${words}`] : []));
  const looked = `${count(summary.objects, 'object')} in ${count(states.length, 'state')}`;
  const part = shard === null ? '' : `shard ${shard}; `;
  const left = partial ? `PARTIAL, ${count(unread.length, 'thing')} not read; ` : '';
  return `${part}${left}${looked}: ${said.length === 0 ? 'nothing to look at' : said.join(', ')}`;
}

const SAID: readonly { readonly key: Exclude<keyof ScanSummary, 'objects'>; readonly words: string }[] = [
  { key: 'extra-privileged', words: 'extra-privileged' },
  { key: 'drifted', words: 'drifted' },
  { key: 'missing', words: 'missing a tag' },
  { key: 'not-found', words: 'not found' },
  { key: 'unreadable', words: 'not read' },
  { key: 'ok', words: 'ok' },
  { key: 'inherited', words: 'ok by inheritance' },
  { key: 'not-taggable', words: 'not taggable' },
  { key: 'not-scanned', words: 'of providers that are not scanned' },
  { key: 'nothing-wanted', words: 'with no tag to carry' },
  { key: 'other-shards', words: 'of other shards' },
  { key: 'unmanaged', words: 'unmanaged' },
];

/** `40 objects of aws 111122223333 eu-central-1`, `state prod.json`. */
export function unreadSubject(unread: Unread): string {
  if (unread.what === 'state') return `state ${unread.state ?? ''}`;
  const where = whereWords(unread);
  if (unread.what === 'inventory') return `what is in no state of ${where}`;
  const of = where === '' ? `state ${unread.state ?? ''}` : where;
  return `${count(unread.objects, 'object')} of ${of}`;
}

/** Why it was not read, with the permission that would help and what to do. */
export function unreadReason({ why, permission, hint }: Unread): string {
  return `${why}${permission === null ? '' : ` (needs ${permission})`}; ${hint}`;
}

/** `2024-11-02, by AROA...:dana`; empty where the cloud tells neither. */
export function ageWords({ created_at, created_by }: Unmanaged): string {
  const since = created_at === null ? [] : [`since ${created_at.slice(0, 10)}`];
  return [...since, ...(created_by === null ? [] : [`by ${created_by}`])].join(', ');
}

/** Columns of the table of orphans. */
export const ORPHAN_HEAD = ['where', 'type', 'owner', 'objects', 'oldest', 'ids'] as const;

/** Ids that one row names. */
const ORPHAN_IDS = 5;

/** The groups as rows, those of known age first. */
export function orphanRows({ groups, age_unknown }: Orphans): string[][] {
  return [...groups, ...age_unknown].map((group) => {
    const { type, count: objects, oldest, ids } = group;
    const more = ids.length > ORPHAN_IDS ? ` and ${ids.length - ORPHAN_IDS} more` : '';
    const since = oldest === null ? 'age unknown' : oldest.slice(0, 10);
    const where = whereWords({ ...group, region: null });
    return [where, type, ownerWords(group), String(objects), since, `${ids.slice(0, ORPHAN_IDS).join(', ')}${more}`];
  });
}

/** `payments (tag)`, `erin (creator)`. */
function ownerWords({ owner, owner_from }: OrphanGroup): string {
  return owner === null ? 'nobody known' : `${owner} (${owner_from ?? ''})`;
}

/** `12 orphans older than 30d, 3 of unknown age`. */
export function orphanHeadline({ older_than, made_before, groups, age_unknown }: Orphans): string {
  const sum = (all: readonly OrphanGroup[]) => all.reduce((whole, group) => whole + group.count, 0);
  return `${count(sum(groups), 'orphan')} older than ${older_than} (made before ${made_before}), ${sum(age_unknown)} of unknown age`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Findings by verdict, the worst first, each in the order of the report. */
export function byVerdict<T extends { readonly verdict: string }>(findings: readonly T[]): T[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

const ORDER: readonly string[] = [
  'extra-privileged',
  'drifted',
  'missing',
  'not-found',
  'unreadable',
  'not-taggable',
  'inherited',
  'ok',
];
