import type { CloudAnswer, CloudFailure, FoundTags } from '../../providers/cloud.ts';
import type { WantedObject, WantedTag } from './wanted.ts';

/** How one classification tag, or one object, stands in the cloud (tags.md 3); all but `ok` and `inherited` are findings. */
export const SCAN_VERDICTS = [
  'ok',
  'inherited',
  'drifted',
  'missing',
  'extra-privileged',
  'not-found',
  'unreadable',
  'not-taggable',
] as const;
export type ScanVerdict = (typeof SCAN_VERDICTS)[number];

/** A tag that is not as wanted. `found` null = not there; `wanted` null = should not be there, or with a value that is not known. */
export interface TagDrift {
  readonly verdict: 'drifted' | 'missing';
  readonly attribute: string;
  readonly key: string;
  readonly wanted: string | null;
  readonly found: string | null;
  /** What the object itself carries: null where `found` only holds by what stands above it. */
  readonly own: string | null;
  /** Whether the configuration writes this key: if not, the next apply would undo a repair. */
  readonly inConfiguration: boolean;
}

/** What a scan has to say of one object; nothing to say = every tag is as wanted. */
export type ObjectState =
  | { readonly kind: 'read'; readonly drifts: readonly TagDrift[]; readonly inherited: number; readonly managedBy: string | null }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-taggable'; readonly why: string }
  | { readonly kind: 'unread'; readonly why: string; readonly permission: string | null; readonly hint: string };

/** Compares what an object should carry with what the cloud answered. Pure. */
export function compare(object: WantedObject, answer: CloudAnswer): ObjectState {
  switch (answer.state) {
    case 'gone':
      return { kind: 'not-found' };
    case 'not-taggable':
      return { kind: 'not-taggable', why: answer.why };
    case 'unread':
      return unread(answer.failure);
    case 'found': {
      const hidden = object.tags.find((tag) => tag.from === 'hidden');
      if (hidden !== undefined) {
        const why = `the state does not show \`${hidden.key}\`: ${hidden.why ?? 'unknown'}`;
        return { kind: 'unread', why, permission: null, hint: 'give a state whose tags are not sensitive' };
      }
      return compareTags(object, answer);
    }
  }
}

export function unread({ message, permission, hint }: CloudFailure): ObjectState {
  return { kind: 'unread', why: message, permission, hint };
}

/** Whether an inventory that may lag behind shows every tag as wanted; then nobody has to ask again. */
export function isAsWanted(object: WantedObject, found: FoundTags): boolean {
  const state = compare(object, { state: 'found', ...found });
  return state.kind === 'read' && state.drifts.length === 0;
}

function compareTags(object: WantedObject, found: FoundTags): ObjectState {
  let inherited = 0;
  const drifts = object.tags.flatMap((tag): TagDrift[] => {
    const own = found.tags.get(tag.key);
    const above = found.inherited.get(tag.key);
    if (own === undefined && above !== undefined) {
      if (tag.from === 'absent' || (tag.value ?? above) === above) {
        inherited += 1;
        return [];
      }
      return [drift(tag, 'drifted', above, null)];
    }
    if (own === undefined) return tag.from === 'absent' ? [] : [drift(tag, 'missing', null)];
    // A required tag of no known value is there: which value it should be nobody says.
    if (own === tag.value || (tag.from === 'required' && tag.value === null)) return [];
    return [drift(tag, 'drifted', own)];
  });
  return { kind: 'read', drifts, inherited, managedBy: found.managedBy };
}

function drift(tag: WantedTag, verdict: TagDrift['verdict'], found: string | null, own = found): TagDrift {
  const { attribute, key, value: wanted } = tag;
  return { verdict, attribute, key, wanted, found, own, inConfiguration: tag.from === 'state' };
}
