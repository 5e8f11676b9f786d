/** What may be left out, in the order in which it goes. */
export const CUTTABLE = ['allowed', 'facts', 'ways', 'row'] as const;
export type Cuttable = (typeof CUTTABLE)[number];

/** How many entries of each kind there is room for; each list takes its share in the order of the text. */
export class Budget {
  readonly #room: Record<Cuttable, number>;
  readonly #asked: Record<Cuttable, number> = { allowed: 0, facts: 0, ways: 0, row: 0 };

  constructor(room: Readonly<Record<Cuttable, number>>) {
    this.#room = { ...room };
  }

  take<T>(kind: Cuttable, entries: readonly T[]): { readonly shown: readonly T[]; readonly left: number } {
    const shown = entries.slice(0, this.#room[kind]);
    this.#room[kind] -= shown.length;
    this.#asked[kind] += entries.length;
    return { shown, left: entries.length - shown.length };
  }

  /** How many entries of a kind the text would have. */
  asked(kind: Cuttable): number {
    return this.#asked[kind];
  }
}

/**
 * The longest text that has room: everything, or as many entries as possible of the first kind that has to lose some, with all those
 * after it. Where not even the bare frame fits, the last resort and a sentence. `limit` in bytes of UTF-8. Ends in a line end, and never has two
 * blank lines on end.
 */
export function fitted(render: (budget: Budget) => readonly string[], limit: number, lastResort: string): string {
  const room: Record<Cuttable, number> = { allowed: Infinity, facts: Infinity, ways: Infinity, row: Infinity };
  const text = (): { text: string; budget: Budget; fits: boolean } => {
    const budget = new Budget(room);
    const lines = render(budget).filter((line, index, all) => line !== '' || (index > 0 && all[index - 1] !== ''));
    const rendered = `${lines.join('\n')}\n`;
    return { text: rendered, budget, fits: Buffer.byteLength(rendered) <= limit };
  };
  const whole = text();
  if (whole.fits) return whole.text;
  for (const kind of CUTTABLE) {
    let most = whole.budget.asked(kind);
    let least = 0;
    room[kind] = 0;
    if (!text().fits) continue;
    // Between `least`, which fits, and `most`, which does not.
    while (most - least > 1) {
      room[kind] = (least + most) >> 1;
      if (text().fits) least = room[kind];
      else most = room[kind];
    }
    room[kind] = least;
    return text().text;
  }
  const sorry = `${lastResort}\n\nThere is no room for more than the verdict here; \`--format json\` has all.\n`;
  return Buffer.byteLength(sorry) <= limit ? sorry : `${lastResort}\n`;
}
