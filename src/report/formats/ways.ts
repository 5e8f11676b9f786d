import { escapeText } from '../escape.ts';
import type { Remedy } from '../report.ts';
import { whole } from './layout.ts';

/** Ways out in words: edits, whom to ask, and one list of temporary grants. */
export interface WaysOut {
  readonly edits: readonly Way[];
  /** How many edits are left out. */
  readonly moreEdits: number;
  readonly asks: readonly string[];
  /** `yaml` is one list of entries for a lane file, as it stands: not escaped. */
  readonly grant: { readonly words: string; readonly yaml: string; readonly more: number } | null;
}

export interface Way {
  readonly words: string;
  /** Text to add to a file, as it stands: not escaped. Null where there is none. */
  readonly insert: string | null;
}

/** How many of each are shown. */
export interface MostWays {
  /** Edits and asks together; whom to ask is never left out. */
  readonly remedies: number;
  readonly grants: number;
}

export function waysOut(remedies: readonly Remedy[], most: MostWays): WaysOut {
  const edits = remedies.filter((remedy) => remedy.kind === 'edit');
  const asks = remedies.filter((remedy) => remedy.kind === 'ask');
  const grants = remedies.filter((remedy) => remedy.kind === 'grant');
  const room = Math.max(1, most.remedies - asks.length);
  return {
    edits: edits.slice(0, room).map(editWords),
    moreEdits: Math.max(0, edits.length - room),
    asks: asks.map(({ text, who }) => `${escapeText(text)}: ${escapeText(who)}`),
    grant:
      grants[0] === undefined
        ? null
        : {
            words: escapeText(grants[0].text),
            // Each is `grants:` and its entries; together they are one list.
            yaml: `grants:\n${grants
              .slice(0, most.grants)
              .map(({ yaml }) => yaml.slice(yaml.indexOf('\n') + 1))
              .join('')}`,
            more: Math.max(0, grants.length - most.grants),
          },
  };
}

/** An edit and where it is to be made. */
export function editWords(edit: {
  readonly text: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly insert: string | null;
}): Way {
  const { text, file, line, insert } = edit;
  const where = file === null ? '' : ` (${whole(line === null ? file : `${file}:${line}`)})`;
  return { words: `${escapeText(text)}${where}`, insert };
}
