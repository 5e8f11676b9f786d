import type { ResourceChange } from '../plan/model.ts';
import { isSecretName, looksSecret } from '../plan/secret-names.ts';
import { firstWhere } from '../plan/sorted.ts';
import { Sensitive, type Value } from '../plan/value.ts';
import { type Block, literalText } from './body.ts';
import type { SourceFile } from './folder.ts';
import { linesOf } from './lines.ts';
import type { TextEdit } from './patch.ts';

/** What a patch of a file may not show: what looks like a secret, and what is sensitive in rows whose values may stand there. */
export class Secrets {
  readonly #file: SourceFile;
  readonly #rows: readonly ResourceChange[];
  /** By the name of an argument, whether some row hides its value. */
  readonly #hidden = new Map<string, boolean>();

  constructor(file: SourceFile, rows: readonly ResourceChange[]) {
    this.#file = file;
    this.#rows = rows;
  }

  /** Whether a line that an edit takes away, and a patch therefore shows, holds any. */
  areTakenBy(edits: readonly TextEdit[]): boolean {
    const { text } = this.#file;
    return edits.some(({ start, end }) => {
      const from = text.lastIndexOf('\n', start - 1) + 1;
      const to = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
      return !(start === end && start === from) && this.standIn(from, to);
    });
  }

  /** Whether any stands from one offset to another. */
  standIn(from: number, to: number): boolean {
    const { text, body, syntax } = this.#file;
    if (argumentsAround(body.blocks, from, to).some((name) => isSecretName(name) || this.#isHidden(name))) return true;
    if (syntax === 'json') {
      const said = linesOf(this.#file).stringsIn(from, to);
      return said.map((own) => JSON.parse(own) as string).some((own) => looksSecret(own) || isSecretName(own));
    }
    return linesOf(this.#file)
      .tokensIn(from, to)
      .some(({ kind, start, end }) => {
        const own = text.slice(start, end);
        if (kind === 'heredoc') return true;
        return (kind === 'string' && looksSecret(literalText(own) ?? own)) || (kind === 'identifier' && isSecretName(own));
      });
  }

  #isHidden(name: string): boolean {
    let hidden = this.#hidden.get(name);
    if (hidden === undefined) {
      hidden = this.#rows.some((row) => hidesSomething(valueAt(row, name)));
      this.#hidden.set(name, hidden);
    }
    return hidden;
  }
}

/** Arguments that stand on the lines from one offset to another; blocks and arguments are in the order of the text. */
function argumentsAround(blocks: readonly Block[], from: number, to: number): string[] {
  const names: string[] = [];
  for (let at = firstWhere(blocks, ({ close }) => close >= from); at < blocks.length; at += 1) {
    const { start, body } = blocks[at] as Block;
    if (start > to) break;
    for (const one of body.arguments) if (one.start <= to && one.valueEnd >= from) names.push(one.name);
    names.push(...argumentsAround(body.blocks, from, to));
  }
  return names;
}

function valueAt({ after }: ResourceChange, name: string): Value | undefined {
  return after !== null && typeof after === 'object' && Object.hasOwn(after, name) ? after[name] : undefined;
}

function hidesSomething(value: Value | undefined): boolean {
  if (value instanceof Sensitive) return true;
  return (
    typeof value === 'object' && value !== null && Object.values(value as object).some((inner) => hidesSomething(inner as Value))
  );
}
