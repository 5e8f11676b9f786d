import { escapeMarkdown, escapeText } from '../escape.ts';
import type { Remedy } from '../report.ts';
import { MOST } from './block.ts';
import type { ExplainedDecision } from './explained.ts';
import { runsOf } from './group.ts';
import { plain } from './layout.ts';
import { type Way, waysOut } from './ways.ts';

/** Words of ours and of the plan, within a line or a cell. */
export function md(words: string): string {
  return escapeMarkdown(plain(words));
}

export function bullet(words: string, depth = 0): string {
  return `${'  '.repeat(depth)}- ${md(words)}`;
}

/** Addresses: those of plain letters in type of one width, others escaped. */
export function nameCell(addresses: readonly string[], most: number = MOST.names): string {
  const runs = runsOf(addresses);
  const shown = runs
    .slice(0, most)
    .map((name) => (/^[\w.[\]"/ -]+$/.test(name) && name.length < 300 ? `\`${name}\`` : md(escapeText(name))));
  return shown.join(', ') + (runs.length > most ? ` and ${runs.length - most} more` : '');
}

/** Code to be copied, one list level deep. No line of it can end the fence. */
function fenced(text: string, language: 'yaml' | 'hcl'): readonly string[] {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => escapeText(line));
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return ['', `  ${fence}${language}`, ...lines.map((line) => `  ${line}`), `  ${fence}`, ''];
}

export function whyLines(decisions: readonly ExplainedDecision[]): readonly string[] {
  return decisions.flatMap(({ what, verdict, reasons, unknown, nearest }) => [
    bullet(reasons.length === 1 ? `${what}: ${reasons[0]}` : `${what}: ${verdict}`),
    ...[...(reasons.length === 1 ? [] : reasons), ...unknown, ...nearest].map((line) => bullet(line, 1)),
  ]);
}

export function waysLines(remedies: readonly Remedy[], full: boolean): readonly string[] {
  const { edits, moreEdits, asks, grant } = waysOut(remedies, full ? { remedies: Infinity, grants: Infinity } : MOST);
  return [
    ...edits.flatMap(wayLines),
    ...(moreEdits > 0 ? [`- and ${moreEdits} more (\`inlane explain\` shows all)`] : []),
    ...asks.map((ask) => bullet(ask)),
    ...(grant === null ? [] : [`${bullet(grant.words)}:`, ...fenced(grant.yaml, 'yaml')]),
    ...(grant !== null && grant.more > 0 ? [`- and ${grant.more} more like it (\`--format json\` has them)`] : []),
  ];
}

export function wayLines({ words, insert }: Way): readonly string[] {
  if (insert === null) return [bullet(words)];
  return [`${bullet(words)}:`, ...fenced(insert, /^[\w-]+:\s*$/m.test(insert) ? 'yaml' : 'hcl')];
}
