import type { CloudAnswer, CloudObject, CloudPlace, CloudSession, InventoryItem, TagEdit, WriteAnswer } from '../cloud.ts';
import { parseArn } from './arn.ts';
import { isGroup, readGroups } from './autoscaling.ts';
import type { Door } from './door.ts';
import { writeEdits } from './edits.ts';
import { Explorer } from './explorer.ts';
import { readEntity } from './iam.ts';
import { inventoryOf, unread } from './inventory.ts';
import { foundTags } from './managed.ts';
import { READ_BATCH, taggedAmong } from './tagging.ts';

/** A place whose account is known now: it stands in the target, and in the ARN where that has a hole for it. */
export function placedIn(place: CloudPlace, caller: string): CloudPlace {
  const account = place.target.account || caller;
  const target = { ...place.target, account };
  const { hole, ...detail } = place.detail;
  if (hole !== 'account') return { ...place, target };
  const parts = place.id.split(':');
  return { target, id: [...parts.slice(0, 4), account, ...parts.slice(5)].join(':'), detail };
}

/** One account and region of AWS. */
export class AwsSession implements CloudSession {
  readonly first = 'read';
  readonly batch = READ_BATCH;
  readonly writeBatch = READ_BATCH;
  readonly #door: Door;
  readonly #explorer: Explorer;

  constructor(door: Door) {
    this.#door = door;
    this.#explorer = new Explorer(door);
  }

  async read(objects: readonly CloudObject[]): Promise<readonly CloudAnswer[]> {
    const places = objects.map(({ place }) => placedIn(place, this.#door.target.account));
    const ways = [...places.keys()].reduce(
      (sorted, index) => {
        const arn = places[index]?.id ?? '';
        if (isGroup(arn)) sorted.groups.push(index);
        else if (parseArn(arn)?.service === 'iam') sorted.entities.push(index);
        else sorted.tagged.push(index);
        return sorted;
      },
      { groups: [] as number[], entities: [] as number[], tagged: [] as number[] },
    );
    const answers: CloudAnswer[] = [];
    const put = async (indexes: readonly number[], read: () => Promise<readonly CloudAnswer[]>) => {
      if (indexes.length === 0) return;
      const told = await read().catch((error: unknown) => indexes.map(() => unread(error)));
      for (const [at, index] of indexes.entries()) answers[index] = told[at] as CloudAnswer;
    };
    const arn = (index: number) => places[index]?.id ?? '';
    await Promise.all([
      put(ways.groups, () => readGroups(this.#door, ways.groups.map(arn))),
      put(ways.tagged, () => this.#readTagged(ways.tagged.map((index) => places[index] as CloudPlace))),
      ...ways.entities.map((index) => put([index], async () => [await readEntity(this.#door, arn(index))])),
    ]);
    throwIfHopeless(answers);
    return answers;
  }

  inventory(): AsyncIterable<readonly InventoryItem[]> {
    return inventoryOf(this.#door, this.#explorer);
  }

  write(edits: readonly TagEdit[]): Promise<readonly WriteAnswer[]> {
    const { account } = this.#door.target;
    return writeEdits(
      this.#door,
      edits.map((edit) => ({ edit, arn: placedIn(edit.object.place, account).id })),
    );
  }

  async #readTagged(places: readonly CloudPlace[]): Promise<CloudAnswer[]> {
    const { tags, failed } = await taggedAmong(this.#door, [...new Set(places.map(({ id }) => id))]);
    return Promise.all(
      places.map(({ id, detail }): CloudAnswer | Promise<CloudAnswer> => {
        const found = tags.get(id);
        if (found !== undefined) return { state: 'found', ...foundTags(id, found) };
        const failure = failed.get(id);
        if (failure !== undefined) return { state: 'unread', failure };
        return this.#explorer.confirmed(id, detail.account === 'guessed');
      }),
    );
  }
}

/** Nothing at all can be said without credentials, or of a region that there is not. */
function throwIfHopeless(answers: readonly CloudAnswer[]): void {
  const [first] = answers;
  if (first?.state !== 'unread') return;
  const hopeless = (answer: CloudAnswer) =>
    answer.state === 'unread' && /^(credentials|unknown-place)$/.test(answer.failure.kind);
  if (answers.every(hopeless)) throw first.failure;
}
