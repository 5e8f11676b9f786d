import type { Shown } from '../shown-model.ts';

export interface ShowOptions {
  /** Columns that text keeps to where words allow. */
  readonly width: number;
  readonly colour: boolean;
}

/** Pure. The text ends in a line end. */
export type ShowFormatter = (shown: Shown, options: ShowOptions) => string;
