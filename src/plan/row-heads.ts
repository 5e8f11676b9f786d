import type { Heads, RowMember } from './heads.ts';
import type { Json, JsonObject } from './json.ts';
import type { Shapes } from './pieces.ts';

/** Of `change` besides its sides: the members that most rows have and no others are told from. */
const IN_CHANGE = ['actions', 'after_unknown', 'before_sensitive', 'after_sensitive'] as const;

/** Rows of `resource_changes` without their sides, put together from what the scan tells, so that most are not parsed. */
export class RowHeads {
  readonly #heads: Heads<RowMember>;
  readonly #shapes: Shapes;
  /** By shape. */
  readonly #changes: JsonObject[] = [];

  constructor(heads: Heads<RowMember>, shapes: Shapes) {
    this.#heads = heads;
    this.#shapes = shapes;
  }

  /** Null for a row that has more than most rows, or of which not all is told: then its text must be parsed. */
  entry(index: number): JsonObject | null {
    const change = this.#heads.isCommon(index) ? this.change(index) : null;
    if (change === null) return null;
    const value = (member: RowMember) => this.#heads.value(index, member);
    const entry: { readonly [key: string]: Json | undefined } = {
      address: value('address'),
      module_address: value('module_address'),
      mode: value('mode'),
      type: value('type'),
      name: value('name'),
      index: value('index'),
      provider_name: value('provider_name'),
      action_reason: value('action_reason'),
      change,
    };
    return entry as JsonObject;
  }

  /** `change` of a row: its actions and masks, one object for all rows of a shape. Null where not all is told of it. */
  change(index: number): JsonObject | null {
    if (!this.#heads.isTold(index)) return null;
    const shape = this.#shapes.of(index);
    const known = shape === null ? undefined : this.#changes[shape];
    if (known !== undefined) return known;
    const change: { [key: string]: Json } = Object.create(null);
    for (const member of IN_CHANGE) {
      const value = this.#heads.value(index, member);
      if (value !== undefined) change[member] = value;
    }
    if (shape !== null) this.#changes[shape] = change;
    return change;
  }
}
