import { escapeMarkdown } from '../../escape.ts';
import { isMilder } from '../difference.ts';
import type { Comparison, SimulationReport } from '../simulated.ts';
import {
  headline,
  moveInWords,
  movesOf,
  notReplayed,
  numberInWords,
  plural,
  reasonInWords,
  rulesInWords,
  theRest,
  withoutHuman,
} from '../words.ts';

/** Rows of one table; JSON has all of them. */
const MOST_ROWS = 25;

/** `inlane simulate` for a pull request or a wiki. */
export function simulationMarkdown(report: SimulationReport): string {
  const { rules, now, reasons, lanes, classes, compared } = report;
  const lines = [`**${escapeMarkdown(headline(report))}**`, ''];
  if (report.files.replayed > 0)
    lines.push(`- ${escapeMarkdown(withoutHuman(report))}`, ...theRest(report).map((line) => `- ${escapeMarkdown(line)}`));
  if (rules !== null) lines.push(`- rules: ${escapeMarkdown(rulesInWords(rules))}`);
  if (now !== undefined) lines.push(`- decided as of ${escapeMarkdown(now)}`);
  lines.push('');
  table(
    lines,
    'Why the rest was not',
    ['reason', 'changes', 'plans'],
    reasons.map((r) => [reasonInWords(r), r.changes, r.plans]),
  );
  table(
    lines,
    'What lanes allowed',
    ['lane', 'changes', 'plans'],
    lanes.map((l) => [`${l.kind} ${l.id}`, l.changes, l.plans]),
  );
  table(
    lines,
    'By class',
    ['class', 'allowed', 'asked', 'denied'],
    classes.map((one) => [one.name, one.allow, one['needs-approval'], one.deny]),
  );
  if (compared !== null) comparison(lines, compared);
  const left = notReplayed(report);
  table(
    lines,
    `${plural(report.not_replayed.length, 'file')} not replayed`,
    ['why', 'files'],
    left.map(([code, files]) => [code, files.length]),
  );
  return `${lines.join('\n').trimEnd()}\n`;
}

function comparison(lines: string[], { rules, moved_plans: plans, moved_changes: changes }: Comparison): void {
  lines.push(`### Against ${escapeMarkdown(rulesInWords(rules))}`, '');
  if (plans.length === 0 && changes.length === 0) lines.push('Every change is decided as before.', '');
  for (const [move, count] of movesOf(plans)) lines.push(`- ${plural(count, 'plan')}: ${escapeMarkdown(move)}`);
  if (plans.length > 0) lines.push('');
  const rows = changes.map((one) => [
    isMilder(one) ? 'more' : 'less',
    moveInWords(one),
    `${one.operations.join(' + ') || 'no-op'} ${one.class ?? '?'}`,
    one.changes,
    `${one.example.address} in ${one.example.plan}`,
  ]);
  table(lines, null, ['', 'verdict', 'what', 'changes', 'for example'], rows);
}

function table(
  lines: string[],
  title: string | null,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  if (rows.length === 0) return;
  if (title !== null) lines.push(`### ${escapeMarkdown(title)}`, '');
  lines.push(`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`);
  for (const row of rows.slice(0, MOST_ROWS))
    lines.push(`| ${row.map((cell) => (typeof cell === 'number' ? numberInWords(cell) : escapeMarkdown(cell))).join(' | ')} |`);
  lines.push('');
  if (rows.length > MOST_ROWS) lines.push(`And ${rows.length - MOST_ROWS} more.`, '');
}
