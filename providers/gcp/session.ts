import {
  type CloudAnswer,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type CloudTarget,
  type InventoryItem,
  type TagEdit,
  type WriteAnswer,
} from '../cloud.ts';
import { canonical, type ProjectNames, spellings, withNumber } from './asset-names.ts';
import { type EffectiveTag, effective, INVENTORY_MASK, item, numberIn, OBJECT_MASK, type SearchResult } from './found.ts';
import { LOCATION, UNTOLD_NUMBER } from './located.ts';
import { writeEdit } from './write.ts';

/** Where the tags of an object hang. */
export interface Spot {
  readonly id: string;
  /** Full name with the project's number. */
  readonly parent: string;
  readonly location: string;
  /** `service.collection`, as its permissions begin. */
  readonly kind: string;
}

/** The requests that a session makes; each goes through `ClientOptions.call`. They reject with CloudFailure. */
export interface Requests {
  /** `next` is empty on the last page. */
  search(
    target: CloudTarget,
    query: string,
    mask: readonly string[],
    pageToken: string,
  ): Promise<{ readonly results: readonly SearchResult[]; readonly next: string }>;
  /** Null: there is no such object. `settled` may throw where the answer is not what it must become; then it is asked again. */
  effectiveTags(
    target: CloudTarget,
    spot: Spot,
    settled?: (tags: readonly EffectiveTag[]) => void,
  ): Promise<readonly EffectiveTag[] | null>;
  /** Id of a tag value by its namespaced name (`123456789012/environment/production`); null = there is none. */
  tagValue(target: CloudTarget, name: string): Promise<string | null>;
  bind(target: CloudTarget, spot: Spot, valueId: string): Promise<void>;
  unbind(target: CloudTarget, spot: Spot, valueId: string): Promise<void>;
}

/** Longest query that is sent, in characters: the documentation names no limit, Google's URLs end at about 2,000. */
const QUERY = 1_900;

export function openSession(target: CloudTarget, project: ProjectNames, requests: Requests): CloudSession {
  const values = new Map<string, string>();
  const tagValue = async (name: string): Promise<string | null> => {
    const known = values.get(name) ?? (await requests.tagValue(target, name));
    if (known !== null) values.set(name, known);
    return known;
  };
  return {
    first: 'inventory',
    batch: 20,
    writeBatch: 10,

    async read(objects) {
      const shown = await searchFor(objects.filter(needsInventory));
      const answers = await Promise.all(objects.map((object) => answer(object, shown)));
      const failures = answers.map((one) => (one.state === 'unread' ? one.failure : null));
      const [first] = failures;
      if (first?.kind === 'credentials' && failures.every((failure) => failure?.kind === 'credentials')) throw first;
      return answers;
    },

    async *inventory() {
      let pageToken = '';
      do {
        const { results, next } = await requests.search(target, '', INVENTORY_MASK, pageToken);
        yield results.map((result) => item(result, project)).filter((one): one is InventoryItem => one !== null);
        pageToken = next;
      } while (pageToken !== '');
    },

    async write(edits) {
      const shown = await searchFor(edits.map(({ object }) => object).filter(spotUntold));
      const turns = new Map<string, Promise<WriteAnswer>>();
      return Promise.all(
        edits.map((edit) => {
          // Edits of one object wait for each other.
          const { id } = edit.object.place;
          const before = turns.get(id) ?? Promise.resolve();
          const turn = before.then(() => written(edit, shown));
          turns.set(id, turn);
          return turn;
        }),
      );
    },
  };

  async function written(edit: TagEdit, shown: Shown): Promise<WriteAnswer> {
    try {
      const spot = spotOf(edit.object, shown);
      await writeEdit(edit, spot, { target, project, requests, tagValue });
      return { state: 'done' };
    } catch (error) {
      if (error instanceof CloudFailure) return { state: 'failed', failure: error };
      throw error;
    }
  }

  async function answer(object: CloudObject, shown: Shown): Promise<CloudAnswer> {
    const { id, detail } = object.place;
    try {
      const result = shown.get(id);
      if (result instanceof CloudFailure) throw result;
      if (detail.parent !== undefined && (wantsTags(object) || result === undefined)) {
        const spot = spotOf(object, shown);
        const tags = await requests.effectiveTags(target, spot);
        if (tags === null) return { state: 'gone' };
        if (wantsLabels(object) && result === undefined) throw unshown(id);
        return found(tags, result);
      }
      if (result === undefined) throw unshown(id);
      return shownAlone(object, result);
    } catch (error) {
      if (error instanceof CloudFailure) return { state: 'unread', failure: error };
      throw error;
    }
  }

  /** Bindings as Resource Manager tells them; labels as the inventory does. */
  function found(tags: readonly EffectiveTag[], result: SearchResult | undefined): CloudAnswer {
    const { direct, inherited } = effective(tags, project);
    const all = new Map<string, string>(Object.entries(result?.labels ?? {}));
    for (const [key, { value }] of direct) all.set(key, value);
    return { state: 'found', tags: all, inherited, managedBy: null };
  }

  function shownAlone(object: CloudObject, result: SearchResult): CloudAnswer {
    const one = item(result, project);
    if (one === null) throw unshown(object.place.id);
    const held = (object.keys ?? []).some((key) => one.tags.has(key) || one.inherited.has(key));
    if (object.keys !== undefined && !wantsLabels(object) && !held) {
      return { state: 'not-taggable', why: `Resource Manager tags cannot be bound to a \`${object.type}\`` };
    }
    return { state: 'found', tags: one.tags, inherited: one.inherited, managedBy: null };
  }

  /** What the inventory shows now of the objects, by id. */
  async function searchFor(objects: readonly CloudObject[]): Promise<Shown> {
    const shown = new Map<string, SearchResult | CloudFailure>();
    for (const group of groups(objects, project)) {
      try {
        let pageToken = '';
        do {
          const { results, next } = await requests.search(target, group.query, OBJECT_MASK, pageToken);
          for (const result of results) {
            const id = canonical(result.name ?? '', project);
            if (group.ids.has(id)) shown.set(id, result);
          }
          pageToken = next;
        } while (pageToken !== '');
      } catch (error) {
        if (!(error instanceof CloudFailure)) throw error;
        for (const id of group.ids) shown.set(id, error);
      }
    }
    return shown;
  }

  function spotOf({ place: { id, detail }, type }: CloudObject, shown: Shown): Spot {
    const { parent, kind } = detail;
    if (parent === undefined || kind === undefined) {
      throw new CloudFailure(
        'refused',
        `Resource Manager tags cannot be bound to a \`${type}\``,
        'tag its project or folder instead',
      );
    }
    const result = shown.get(id);
    if (result instanceof CloudFailure) throw result;
    const number = parent.includes(UNTOLD_NUMBER) ? result && numberIn(result) : '';
    const location = detail.location ?? (result?.location || null)?.toLowerCase();
    if (typeof number !== 'string' || location === undefined) throw unshown(id);
    if (!LOCATION.test(location)) throw new CloudFailure('refused', `the location of \`${id}\` is none`, 'refresh the state');
    return { id, kind, location, parent: withNumber(parent.replace(UNTOLD_NUMBER, number), project) };
  }
}

type Shown = ReadonlyMap<string, SearchResult | CloudFailure>;

function wantsLabels({ keys }: CloudObject): boolean {
  return keys === undefined || keys.some((key) => !key.includes('/'));
}

function wantsTags({ keys }: CloudObject): boolean {
  return keys === undefined || keys.some((key) => key.includes('/'));
}

function spotUntold({ place: { detail } }: CloudObject): boolean {
  return detail.parent !== undefined && (detail.location === undefined || detail.parent.includes(UNTOLD_NUMBER));
}

function needsInventory(object: CloudObject): boolean {
  return wantsLabels(object) || object.place.detail.parent === undefined || spotUntold(object);
}

function unshown(id: string): CloudFailure {
  return new CloudFailure(
    'unconfirmed',
    `the asset inventory does not show \`${id}\``,
    'it may be gone, of a type that the inventory does not hold, or too new for it',
  );
}

interface Group {
  readonly query: string;
  readonly ids: ReadonlySet<string>;
}

/** Queries by exact name, as many names in each as fit. */
function* groups(objects: readonly CloudObject[], project: ProjectNames): Generator<Group> {
  let query = '';
  let ids = new Set<string>();
  for (const id of new Set(objects.map(({ place }) => place.id))) {
    const names = spellings(id, project)
      .map((name) => `name="${name.replace(/["\\]/g, '')}"`)
      .join(' OR ');
    if (query !== '' && query.length + names.length + 4 > QUERY) {
      yield { query, ids };
      query = '';
      ids = new Set();
    }
    query = query === '' ? names : `${query} OR ${names}`;
    ids.add(id);
  }
  if (query !== '') yield { query, ids };
}
