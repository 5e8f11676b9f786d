import type { TagLook } from '../../providers/provider.ts';
import { isFlat } from '../plan/flat.ts';
import type { Carrier, LaterRow } from '../plan/later-row.ts';
import type { ConfigBlock } from '../plan/model.ts';
import type { Known } from './known.ts';

/** The tags of one side of a row as they stand in the file; each text is taken from there once, however many keys are asked for. */
export class RowLook implements TagLook {
  readonly type: string;
  readonly row: TagLook['row'];
  readonly side: TagLook['side'];
  readonly configured: TagLook['configured'];
  readonly providerBlock: TagLook['providerBlock'];
  private readonly change: LaterRow;
  private readonly tags: Text = { read: false, json: null, flat: null };
  private readonly all: Text = { read: false, json: null, flat: null };

  constructor(change: LaterRow, side: TagLook['side'], type: string, row: Known['row']) {
    this.change = change;
    this.type = type;
    this.row = row;
    this.side = side;
    this.configured = configuredNames(change.block);
    this.providerBlock = change.block?.provider ?? null;
  }

  json(attribute: Carrier): string | undefined | null {
    return this.text(attribute).json;
  }

  isFlat(attribute: Carrier): boolean {
    const text = this.text(attribute);
    text.flat ??= typeof text.json === 'string' && isFlat(text.json);
    return text.flat;
  }

  private text(attribute: Carrier): Text {
    const text = attribute === 'tags' ? this.tags : this.all;
    if (!text.read) {
      text.read = true;
      text.json = this.change.carrier(attribute);
    }
    return text;
  }
}

interface Text {
  read: boolean;
  json: string | undefined | null;
  flat: boolean | null;
}

const configured = new WeakMap<ConfigBlock, ReadonlySet<string>>();

/** Names of the top-level arguments that a block sets; null = there is no block. */
export function configuredNames(block: ConfigBlock | null): ReadonlySet<string> | null {
  if (block === null) return null;
  let names = configured.get(block);
  if (names === undefined) {
    names = new Set(block.expressions.keys());
    configured.set(block, names);
  }
  return names;
}
