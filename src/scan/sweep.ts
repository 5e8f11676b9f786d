import {
  type CloudAnswer,
  type CloudClient,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type InventoryItem,
} from '../../providers/cloud.ts';
import { compare, isAsWanted } from '../tags/drift.ts';
import type { TargetLog } from './checkpoint.ts';
import type { ObjectResult, UnmanagedItem } from './record.ts';
import { type SpooledObject, type SpooledTarget, SpoolReader } from './spool.ts';
import { Marks, SpoolIndex } from './spool-index.ts';

/** How one target is looked at. */
export interface SweepOptions {
  readonly folder: string;
  readonly client: CloudClient;
  readonly log: TargetLog;
  /** Requests under way at once in one target; the rate is the token bucket's business. */
  readonly workers: number;
  /** Look for what stands there and is in no state. */
  readonly unmanaged: boolean;
  /** Tag keys that carry declared attributes in this cloud: what is kept of an unmanaged object's tags. */
  readonly keys: ReadonlySet<string>;
  /** Told after each part. */
  readonly onLooked: (objects: number) => void;
}

/**
 * Looks at one target's objects and writes down what is not as wanted. What the cloud refuses for the whole target ends it and is
 * written down as well, so no target stops another; anything but a CloudFailure is a defect and is thrown.
 */
export async function sweep(spooled: SpooledTarget, options: SweepOptions): Promise<void> {
  const { looked, ended } = options.log.takeUp();
  options.onLooked(looked.size);
  if (ended) return;
  const reader = new SpoolReader(options.folder, spooled);
  try {
    await new Sweep(reader, looked, options).run(spooled);
  } finally {
    reader.close();
  }
  options.log.append({ kind: 'end' });
}

interface Line {
  readonly n: number;
  readonly object: SpooledObject;
}

class Sweep {
  readonly #reader: SpoolReader;
  readonly #looked: Marks;
  readonly #options: SweepOptions;

  constructor(reader: SpoolReader, looked: ReadonlySet<number>, options: SweepOptions) {
    this.#reader = reader;
    this.#looked = new Marks(reader.count, looked);
    this.#options = options;
  }

  async run({ target }: SpooledTarget): Promise<void> {
    let session: CloudSession;
    try {
      session = await this.#options.client.open(target);
    } catch (error) {
      return this.#fail('objects', error);
    }
    if (session.first === 'inventory') await this.#inventoryFirst(session);
    else await this.#readFirst(session);
  }

  async #readFirst(session: CloudSession): Promise<void> {
    const goesOn = await this.#read(session, this.#rest());
    if (goesOn && this.#options.unmanaged) await this.#inventory(session, () => {});
  }

  /** Pages of the inventory settle what they show as wanted; the rest is asked for by name. */
  async #inventoryFirst(session: CloudSession): Promise<void> {
    const goesOn = await this.#inventory(session, (clean, inherited) => {
      if (clean.length === 0) return;
      this.#options.log.append({ kind: 'looked', objects: clean, inherited, results: [] });
      for (const n of clean) this.#looked.add(n);
      this.#options.onLooked(clean.length);
    });
    if (goesOn) await this.#read(session, this.#rest());
  }

  /** False where nothing more can be asked of the target. */
  async #inventory(session: CloudSession, settle: (clean: readonly number[], inherited: number) => void): Promise<boolean> {
    const index = new SpoolIndex(this.#reader);
    const unmanaged = new Set<string>();
    try {
      for await (const page of session.inventory()) {
        const clean = new Set<number>();
        const items: UnmanagedItem[] = [];
        let inherited = 0;
        for (const item of page) {
          const lines = index.find(item.id);
          if (lines.length === 0) {
            // Pages of a changing inventory overlap.
            if (this.#options.unmanaged && !unmanaged.has(item.id)) items.push(unmanagedItem(item, this.#options.keys));
            unmanaged.add(item.id);
          } else if (session.first === 'inventory') {
            // Several states may hold one object.
            for (const { n, object } of lines) {
              if (this.#looked.has(n) || clean.has(n) || !isAsWanted(object, item)) continue;
              clean.add(n);
              if (object.tags.some(({ key }) => !item.tags.has(key) && item.inherited.has(key))) inherited += 1;
            }
          }
        }
        if (items.length > 0) this.#options.log.append({ kind: 'unmanaged', items });
        settle([...clean], inherited);
      }
      return true;
    } catch (error) {
      // Objects can still be asked for by name, unless nobody is let in at all.
      const lost = error instanceof CloudFailure && (error.kind === 'credentials' || error.kind === 'unknown-place');
      if (lost && session.first === 'inventory') this.#fail('objects', error);
      else if (this.#options.unmanaged) this.#fail('inventory', error);
      else if (!(error instanceof CloudFailure)) throw error;
      return !lost;
    }
  }

  *#rest(): Generator<Line> {
    for (const { n, object } of this.#reader.objects()) if (!this.#looked.has(n)) yield { n, object };
  }

  /** Asks for objects by name, batch by batch. False where the target as a whole refused. */
  async #read(session: CloudSession, lines: Iterator<Line>): Promise<boolean> {
    let refused: CloudFailure | null = null;
    const worker = async (): Promise<void> => {
      while (refused === null) {
        const batch = take(lines, session.batch);
        if (batch.length === 0) return;
        try {
          this.#settle(batch, await session.read(batch.map(({ object }) => asked(object))));
        } catch (error) {
          if (!(error instanceof CloudFailure)) throw error;
          if (error.kind === 'credentials' || error.kind === 'denied' || error.kind === 'unknown-place') {
            refused ??= error;
            return;
          }
          this.#settle(
            batch,
            batch.map(() => ({ state: 'unread', failure: error })),
          );
        }
      }
    };
    await Promise.all(Array.from({ length: this.#options.workers }, worker));
    // Only now is it certain what the other workers still got.
    if (refused !== null) this.#fail('objects', refused);
    return refused === null;
  }

  #settle(batch: readonly Line[], answers: readonly CloudAnswer[]): void {
    if (answers.length !== batch.length)
      throw new Error(`the client answered ${answers.length} times for ${batch.length} objects`);
    let inherited = 0;
    const results = batch.flatMap(({ n, object }, index): ObjectResult[] => {
      const outcome = compare(object, answers[index] as CloudAnswer);
      if (outcome.kind === 'read') inherited += outcome.inherited > 0 ? 1 : 0;
      if (outcome.kind === 'read' && outcome.drifts.length === 0) return [];
      const { state, address, deposed, type, classes, place } = object;
      const tags = Object.fromEntries(object.tags.flatMap(({ key, value }) => (value === null ? [] : [[key, value]])));
      return [{ n, state, address, deposed, type, classes, place, tags, outcome }];
    });
    const objects = batch.map(({ n }) => n);
    this.#options.log.append({ kind: 'looked', objects, inherited, results });
    for (const n of objects) this.#looked.add(n);
    this.#options.onLooked(batch.length);
  }

  #fail(what: 'objects' | 'inventory', error: unknown): void {
    if (!(error instanceof CloudFailure)) throw error;
    const { message: why, permission, hint } = error;
    const objects = what === 'objects' ? this.#reader.count - this.#looked.size : 0;
    this.#options.log.append({ kind: 'failed', what, objects, why, permission, hint });
    this.#options.onLooked(objects);
  }
}

function take<T>(lines: Iterator<T>, count: number): T[] {
  const batch: T[] = [];
  while (batch.length < count) {
    const next = lines.next();
    if (next.done) break;
    batch.push(next.value);
  }
  return batch;
}

/** Only what is wanted has to be looked for. */
function asked({ type, place, tags }: SpooledObject): CloudObject {
  return { type, place, keys: tags.map(({ key }) => key) };
}

function unmanagedItem(item: InventoryItem, keys: ReadonlySet<string>): UnmanagedItem {
  const { id, type, region, createdAt, createdBy, managedBy } = item;
  const tags = Object.fromEntries([...item.tags].filter(([key]) => keys.has(key)));
  return { id, type, region, createdAt, createdBy, managedBy, tags };
}
