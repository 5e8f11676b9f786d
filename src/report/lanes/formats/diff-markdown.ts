import type { DifferenceKind } from '../../../prove/diff.ts';
import { escapeMarkdown } from '../../escape.ts';
import type { DiffReport, ReportedDifference } from '../compared.ts';
import { regionLine } from '../region-words.ts';
import { headline, KINDS, stacksInWords } from './diff-text.ts';

/** `inlane lanes diff` for a pull request. */
export function diffMarkdown(report: DiffReport): string {
  const lines = [`**${escapeMarkdown(headline(report))}**`, ''];
  for (const [kind, [sign, heading]] of Object.entries(KINDS) as [DifferenceKind, (typeof KINDS)[DifferenceKind]][]) {
    const own = report.differences.filter((difference) => difference.kind === kind);
    if (own.length === 0) continue;
    lines.push(
      `### ${heading[0]?.toUpperCase()}${heading.slice(1)}`,
      '',
      '| | region | for example | was | is |',
      '|---|---|---|---|---|',
    );
    lines.push(...own.map((difference) => row(difference, sign, report.compared)), '');
    if (report.more.includes(kind)) lines.push('There is more of this kind.', '');
  }
  lines.push(...report.diagnostics.map(({ message }) => `> ${escapeMarkdown(message)}`));
  if (report.exit !== 2) lines.push(`Not compared: ${report.outside.join(', ')}.`);
  lines.push('');
  return lines.join('\n');
}

function row({ region, example, approval, stacks }: ReportedDifference, sign: string, compared: number): string {
  const told = stacksInWords(stacks, compared);
  const where = told === null ? '' : ` (${told})`;
  const guard = approval ? ` (guard ${approval.id}: ${approval.before}, now ${approval.after ?? 'nothing'})` : '';
  const cells = [sign, `${regionLine(region)}${guard}${where}`, example.words, example.before, example.after];
  return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
}
