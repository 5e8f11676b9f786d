import type { ResourceChange } from '../plan/model.ts';
import { isSecretName, looksSecret } from '../plan/secret-names.ts';
import { Sensitive, type Value } from '../plan/value.ts';
import { type Block, literalText } from './body.ts';
import type { SourceFile } from './folder.ts';
import type { TextEdit } from './patch.ts';
import { scan } from './scan.ts';

/** Whether a line that an edit takes away, and a patch therefore shows, holds what looks like a secret or is sensitive in the plan. */
export function takesSecret(file: SourceFile, edits: readonly TextEdit[], row: ResourceChange): boolean {
  const { text } = file;
  return edits.some(({ start, end }) => {
    const from = text.lastIndexOf('\n', start - 1) + 1;
    const to = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
    return !(start === end && start === from) && showsSecret(file, from, to, row);
  });
}

/** The same of the lines from one offset to another. */
export function showsSecret({ text, body, syntax }: SourceFile, from: number, to: number, row: ResourceChange): boolean {
  const hidden = argumentsAround(body.blocks, from, to).some((name) => isSecretName(name) || hidesSomething(valueAt(row, name)));
  if (hidden) return true;
  if (syntax === 'json') {
    return [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)].some(({ index, 0: own }) => {
      const said = index < to && index + own.length > from ? (JSON.parse(own) as string) : null;
      return said !== null && (looksSecret(said) || isSecretName(said));
    });
  }
  return scan(text).some(({ kind, start, end }) => {
    if (start >= to || end <= from) return false;
    const own = text.slice(start, end);
    if (kind === 'heredoc') return true;
    return (kind === 'string' && looksSecret(literalText(own) ?? own)) || (kind === 'identifier' && isSecretName(own));
  });
}

/** Arguments that stand on the lines from one offset to another. */
function argumentsAround(blocks: readonly Block[], from: number, to: number): string[] {
  return blocks
    .filter((block) => block.start <= to && block.close >= from)
    .flatMap(({ body }) => [
      ...body.arguments.filter((one) => one.start <= to && one.valueEnd >= from).map(({ name }) => name),
      ...argumentsAround(body.blocks, from, to),
    ]);
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
