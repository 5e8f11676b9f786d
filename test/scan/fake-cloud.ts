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
} from '../../providers/cloud.ts';

export const READ: CloudApi = {
  name: 'fake:Read',
  permissions: ['fake:Read'],
  limit: { calls: 10, per: 1000, of: 'target' },
  writes: false,
  source: 'assumed',
};
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
}

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
    apis: [READ, LIST],
    close: async () => {},
    open: async (target) => {
      cloud.onOpen?.(target);
      return {
        first: cloud.first,
        batch: cloud.batch,
        writeBatch: 1,
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
        write: async () => {
          throw new Error('a scan never writes');
        },
      };
    },
  };
}
