import type { Heads, RowMember } from './heads.ts';
import type { Json, JsonObject } from './json.ts';
import { strip } from './whole.ts';

/** Of `change` besides its sides: the members that most rows have and no others are told from. */
const IN_CHANGE = ['actions', 'after_unknown', 'before_sensitive', 'after_sensitive'] as const;
/** Different ones that are kept; further ones are made each time. */
const MOST_CHANGES = 512;

/**
 * Rows of `resource_changes` without their sides, put together from what the scan tells, so that most are not parsed; `row` is the row's
 * own bytes. What many rows have alike is one object or text for all of them.
 */
export class RowHeads {
  readonly #heads: Heads<RowMember>;
  readonly #texts = new Map<string, string>();
  readonly #changes = new Map<string, JsonObject>();

  constructor(heads: Heads<RowMember>) {
    this.#heads = heads;
  }

  /** Null for a row that has more than most rows, or of which not all is told: then its text must be parsed. */
  entry(index: number, row: Buffer): JsonObject | null {
    const change = this.#heads.isCommon(index) ? this.change(index, row) : null;
    if (change === null) return null;
    const shared = (member: RowMember) => this.#shared(this.#heads.value(index, member, row));
    const entry: { readonly [key: string]: Json | undefined } = {
      address: this.#heads.value(index, 'address', row),
      module_address: shared('module_address'),
      mode: shared('mode'),
      type: shared('type'),
      name: shared('name'),
      index: this.#heads.value(index, 'index', row),
      provider_name: shared('provider_name'),
      action_reason: shared('action_reason'),
      change,
    };
    return entry as JsonObject;
  }

  /** `change` of a row: its actions and masks. Null where not all is told of it. */
  change(index: number, row: Buffer): JsonObject | null {
    if (!this.#heads.isTold(index)) return null;
    let text = '';
    for (const member of IN_CHANGE) {
      const spelled = this.#heads.spelled(index, member, row);
      if (spelled !== undefined) text += `${text === '' ? '{' : ','}"${member}":${spelled}`;
    }
    const known = this.#changes.get(text);
    if (known !== undefined) return known;
    const change: JsonObject = JSON.parse(text === '' ? '{}' : `${text}}`);
    strip(change);
    if (this.#changes.size < MOST_CHANGES) this.#changes.set(text, change);
    return change;
  }

  #shared(value: Json | undefined): Json | undefined {
    if (typeof value !== 'string') return value;
    const known = this.#texts.get(value);
    if (known === undefined) this.#texts.set(value, value);
    return known ?? value;
  }
}
