import {
  type ClientOptions,
  type CloudAnswer,
  type CloudClient,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type CloudTarget,
  type InventoryItem,
  type TagEdit,
  type WriteAnswer,
} from '../cloud.ts';
import { APIS, AWAIT_WRITE, QUERY, READ_TAGS, WRITE_TAGS } from './apis.ts';
import { type Arm, openArm } from './arm.ts';
import { parseArmId } from './arm-id.ts';
import type { AzureConnection } from './connection.ts';
import { type GraphRow, INVENTORY, inventoryItem, MANAGED_GROUPS, managedAmong, PAGE, type Page, readPage } from './graph.ts';
import { foldTags, ownerByTags, ownerInGraph } from './owners.ts';
import { planEdit } from './tag-rules.ts';

/** Objects of one `read`, asked for side by side: a batch costs one query of Resource Graph besides, of which there are three a second. */
const BATCH = 50;
/** Edits of one `write`, made side by side: each is an undoing away from the journal. */
const WRITE_BATCH = 10;

/** Reads tags through the Tags API and Resource Graph, and merges tags (`PATCH`). */
export function createClient(options: ClientOptions): CloudClient {
  const connection = (options.connection ?? {}) as AzureConnection;
  let arm: Promise<Arm> | undefined;
  return {
    apis: APIS,
    async open(target) {
      arm ??= openArm(connection);
      const opened = await arm;
      const tags = await options.call(READ_TAGS, target, () => opened.tags(`subscriptions/${target.account}`, target));
      if (tags.state !== 'found') throw hiddenSubscription(target);
      return session(opened, target, options);
    },
    async close() {
      arm = undefined;
    },
  };
}

function hiddenSubscription(target: CloudTarget): CloudFailure {
  return new CloudFailure(
    'unknown-place',
    `there is no subscription \`${target.account}\` that the caller can see`,
    'check the subscription id and the tenant that was signed in to',
  );
}

function session(arm: Arm, target: CloudTarget, { call }: ClientOptions): CloudSession {
  let managedGroups: Promise<ReadonlyMap<string, string>> | undefined;

  /** Pages of a query; rows that a page shows again after its neighbour are left out. */
  async function* pages(query: string): AsyncGenerator<readonly GraphRow[]> {
    let token: string | null = null;
    let seen = 0;
    let fewest = Number.POSITIVE_INFINITY;
    let last: ReadonlySet<string> = new Set();
    do {
      const page: Page = await nextPage(query, token, seen);
      if (page.token !== null && page.token === token) throw incomplete('repeats a page');
      const fresh = page.rows.filter(({ id }) => !last.has(id));
      last = new Set(page.rows.map(({ id }) => id));
      token = page.token;
      seen += fresh.length;
      fewest = Math.min(fewest, page.total);
      yield fresh;
    } while (token !== null);
    // Objects come and go meanwhile: only fewer than were counted at any time are too few.
    if (seen < fewest) throw incomplete('showed fewer objects than it counted');
  }

  /** A token that Azure does not take any more is no end: rows come in the order of their ids, so that those that were seen can be skipped. */
  async function nextPage(query: string, token: string | null, seen: number): Promise<Page> {
    const ask = (paging: object) => call(QUERY, target, () => arm.query(query, { $top: PAGE, ...paging }, target));
    if (token === null) return readPage(await ask({}));
    let body: unknown;
    try {
      body = await ask({ $skipToken: token });
    } catch (error) {
      if (!(error instanceof CloudFailure) || error.kind !== 'refused') throw error;
      body = await ask({ $skip: seen });
    }
    return readPage(body);
  }

  /** Canonical id of each resource group that something else manages, and what that is; asked for once. */
  async function groups(): Promise<ReadonlyMap<string, string>> {
    managedGroups ??= owners(MANAGED_GROUPS);
    try {
      return await managedGroups;
    } catch (error) {
      managedGroups = undefined;
      throw error;
    }
  }

  async function owners(query: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const rows of pages(query)) {
      for (const row of rows) {
        const owner = ownerInGraph(row);
        if (owner !== undefined) found.set(row.id.toLowerCase(), owner);
      }
    }
    return found;
  }

  /** What manages each of these objects: an object that might be another's is not repaired, so not knowing is a failure of the read. */
  async function managersOf(objects: readonly CloudObject[]): Promise<(object: CloudObject) => string | null> {
    const ofGroups = await groups();
    const own = await owners(managedAmong(objects.map((object) => object.place.id)));
    return ({ place }) => {
      const group = parseArmId(place.id)?.group ?? null;
      return own.get(place.id) ?? (group === null ? undefined : ofGroups.get(group)) ?? null;
    };
  }

  async function readOne(object: CloudObject, managers: Promise<(object: CloudObject) => string | null>): Promise<CloudAnswer> {
    try {
      const answer = await call(READ_TAGS, target, () => arm.tags(scopeOf(object), target));
      if (answer.state === 'gone') return answer;
      if (answer.state === 'not-taggable') return { state: 'not-taggable', why: 'Azure has no tags for objects of its type' };
      const tags = foldTags(answer.tags);
      const managedBy = (await managers)(object) ?? ownerByTags(tags);
      return { state: 'found', tags, inherited: new Map(), managedBy };
    } catch (error) {
      if (error instanceof CloudFailure) return { state: 'unread', failure: error };
      throw error;
    }
  }

  async function change(scope: string, operation: 'Merge' | 'Delete', tags: ReadonlyMap<string, string>): Promise<void> {
    if (tags.size === 0) return;
    const url = await call(WRITE_TAGS, target, () => arm.patch(scope, operation, tags, target));
    if (url !== null) await call(AWAIT_WRITE, target, () => arm.finished(url, target));
  }

  async function writeOne({ object, set, unset }: TagEdit): Promise<WriteAnswer> {
    try {
      const scope = scopeOf(object);
      const answer = await call(READ_TAGS, target, () => arm.tags(scope, target));
      if (answer.state !== 'found')
        throw refusedEdit(answer.state === 'gone' ? 'the object is gone' : 'the object cannot carry tags');
      const owner = ownerByTags(foldTags(answer.tags));
      if (owner !== null) throw refusedEdit(`the object is managed by ${owner}`);
      const plan = planEdit(parseArmId(object.place.id)?.type ?? '', answer.tags, { set, unset });
      if (typeof plan === 'string') throw refusedEdit(plan);
      await change(scope, 'Delete', plan.remove);
      await change(scope, 'Merge', plan.merge);
      return { state: 'done' };
    } catch (error) {
      if (error instanceof CloudFailure) return { state: 'failed', failure: error };
      throw error;
    }
  }

  return {
    first: 'inventory',
    batch: BATCH,
    writeBatch: WRITE_BATCH,
    async read(objects) {
      if (objects.length === 0) return [];
      const managers = managersOf(objects);
      managers.catch(() => undefined);
      const answers = await Promise.all(objects.map((object) => readOne(object, managers)));
      // Every answer that needs it has told its failure; nothing stays under way behind the answers.
      await managers.catch(() => undefined);
      return answers;
    },
    async *inventory(): AsyncGenerator<readonly InventoryItem[]> {
      const managed = await groups();
      for await (const rows of pages(INVENTORY)) yield rows.map((row) => inventoryItem(row, managed));
    },
    async write(edits) {
      return Promise.all(edits.map(writeOne));
    },
  };
}

/** As the state spelled it; its canonical id where only that is known. */
function scopeOf({ place }: CloudObject): string {
  return place.detail.scope ?? place.id.slice(1);
}

function refusedEdit(message: string): CloudFailure {
  return new CloudFailure('refused', message, 'nothing was written');
}

function incomplete(how: string): CloudFailure {
  return new CloudFailure('unconfirmed', `the inventory is not complete: Resource Graph ${how}`, 'scan again');
}
