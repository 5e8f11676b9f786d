import {
  type ClientOptions,
  type CloudAnswer,
  type CloudApi,
  type CloudClient,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type CloudTarget,
  type InventoryItem,
  type TagEdit,
  type WriteAnswer,
} from '../../providers/cloud.ts';

const READ_LIMIT = { limit: { calls: 10, per: 1000, of: 'target' as const }, source: 'assumed' };
export const READ: CloudApi = { ...READ_LIMIT, name: 'fake:Read', permissions: ['fake:Read'], writes: false };
export const LIST: CloudApi = { ...READ, name: 'fake:List', permissions: ['fake:List'] };

/** A cloud in memory: tags by id, and whatever goes wrong. */
export interface FakeCloud {
  readonly first: CloudSession['first'];
  readonly batch: number;
  /** Null = the object is gone. */
  readonly objects: Map<string, Readonly<Record<string, string>> | null>;
  readonly inherited?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the inventory lists besides, and differently. */
  readonly listed?: readonly InventoryItem[];
  readonly onOpen?: (target: CloudTarget) => void;
  readonly onRead?: (objects: readonly CloudObject[]) => void;
  readonly onPage?: (page: number) => void;
  /** Edits that one call takes; 1. */
  readonly writeBatch?: number;
  /** Before a call: throws what the whole call fails with. */
  readonly onWrite?: (edits: readonly TagEdit[]) => void;
  /** What fails of a call, by edit. */
  readonly failsOn?: (edit: TagEdit) => CloudFailure | null;
}

export const WRITE: CloudApi = { ...READ_LIMIT, name: 'fake:Write', permissions: ['fake:Write'], writes: true };

export function item(id: string, tags: Readonly<Record<string, string>>, more: Partial<InventoryItem> = {}): InventoryItem {
  return {
    id,
    type: 'fake',
    region: null,
    createdAt: null,
    createdBy: null,
    managedBy: null,
    inherited: new Map(),
    ...more,
    tags: new Map(Object.entries(tags)),
  };
}

export function fakeClient(cloud: FakeCloud, { call }: Pick<ClientOptions, 'call'>): CloudClient {
  const answer = ({ place: { id } }: CloudObject): CloudAnswer => {
    const tags = cloud.objects.get(id);
    if (tags === undefined)
      return { state: 'unread', failure: new CloudFailure('unconfirmed', 'the cloud did not say', 'look by hand') };
    if (tags === null) return { state: 'gone' };
    const inherited = new Map(Object.entries(cloud.inherited?.[id] ?? {}));
    return { state: 'found', tags: new Map(Object.entries(tags)), inherited, managedBy: null };
  };
  return {
    apis: [READ, LIST, WRITE],
    close: async () => {},
    open: async (target) => {
      cloud.onOpen?.(target);
      return {
        first: cloud.first,
        batch: cloud.batch,
        writeBatch: cloud.writeBatch ?? 1,
        read: (objects) =>
          call(READ, target, async () => {
            cloud.onRead?.(objects);
            return objects.map(answer);
          }),
        async *inventory() {
          const items = cloud.listed ?? [...cloud.objects].flatMap(([id, tags]) => (tags === null ? [] : [item(id, tags)]));
          for (let at = 0, page = 0; at < Math.max(1, items.length); at += cloud.batch, page += 1) {
            yield await call(LIST, target, async () => {
              cloud.onPage?.(page);
              return items.slice(at, at + cloud.batch);
            });
          }
        },
        write: (edits) =>
          call(WRITE, target, async () => {
            cloud.onWrite?.(edits);
            return edits.map((edit): WriteAnswer => {
              const failure = cloud.failsOn?.(edit) ?? null;
              if (failure !== null) return { state: 'failed', failure };
              const tags = { ...cloud.objects.get(edit.object.place.id) };
              for (const key of edit.unset) delete tags[key];
              cloud.objects.set(edit.object.place.id, { ...tags, ...Object.fromEntries(edit.set) });
              return { state: 'done' };
            });
          }),
      };
    },
  };
}
