import type { TagLook } from '../../providers/provider.ts';
import { isFlat } from '../plan/flat.ts';
import type { Carrier, LaterRow } from '../plan/later-row.ts';
import type { Known } from './known.ts';

const UNREAD: unique symbol = Symbol('unread');
type Text = string | undefined | null | typeof UNREAD;

/** The tags of one side of a row as they stand in the file; each text is taken from there once, however many keys are asked for. */
export class RowLook implements TagLook {
  readonly type: string;
  readonly row: TagLook['row'];
  readonly side: TagLook['side'];
  readonly expressions: TagLook['expressions'];
  readonly providerBlock: TagLook['providerBlock'];
  private readonly change: LaterRow;
  /** `UNREAD` until it is asked for. */
  private tags: Text = UNREAD;
  private all: Text = UNREAD;
  private tagsFlat: boolean | null = null;
  private allFlat: boolean | null = null;

  constructor(change: LaterRow, side: TagLook['side'], type: string, row: Known['row']) {
    this.change = change;
    this.type = type;
    this.row = row;
    this.side = side;
    this.expressions = change.block?.expressions ?? null;
    this.providerBlock = change.block?.provider ?? null;
  }

  json(attribute: Carrier): string | undefined | null {
    if (attribute === 'tags') {
      if (this.tags === UNREAD) this.tags = this.change.carrier('tags');
      return this.tags;
    }
    if (this.all === UNREAD) this.all = this.change.carrier('tags_all');
    return this.all;
  }

  isFlat(attribute: Carrier): boolean {
    const json = this.json(attribute);
    if (typeof json !== 'string') return false;
    if (attribute === 'tags') {
      this.tagsFlat ??= isFlat(json);
      return this.tagsFlat;
    }
    this.allFlat ??= isFlat(json);
    return this.allFlat;
  }
}
