import type { DifferenceKind } from '../../../prove/diff.ts';
import { escapeText } from '../../escape.ts';
import { Page, type Style } from '../../formats/layout.ts';
import type { DiffReport, ReportedDifference } from '../compared.ts';
import { regionLine } from '../region-words.ts';

/** Sign, heading and colour of each kind of difference. */
export const KINDS: Readonly<Record<DifferenceKind, readonly [sign: string, heading: string, style: Style]>> = {
  'newly-allowed': ['+', 'newly allowed', 'red'],
  'within-approval': ['+', 'newly within reach of an approval', 'yellow'],
  'approval-weakened': ['!', 'approval weakened', 'red'],
  'newly-denied': ['-', 'newly denied', 'green'],
  'newly-asked': ['?', 'newly asked for an approval', 'green'],
};

/** `inlane lanes diff` for people: what opens first. */
export function diffText(report: DiffReport, options: { readonly width: number; readonly colour: boolean }): string {
  const page = new Page(options.width, options.colour);
  page.line(0, headline(report));
  for (const [kind, [sign, heading, style]] of Object.entries(KINDS) as [DifferenceKind, (typeof KINDS)[DifferenceKind]][]) {
    const own = report.differences.filter((difference) => difference.kind === kind);
    if (own.length === 0) continue;
    page.gap();
    page.line(0, page.paint(`${heading}:`, style, 'bold'));
    for (const difference of own) shown(page, difference, sign, report.compared);
    if (report.more.includes(kind)) page.line(2, '... and more of this kind');
  }
  if (report.exit !== 2) {
    page.gap();
    page.line(0, `not compared: ${report.outside.join(', ')}`);
  }
  return page.toString();
}

export function headline({ old, new: now, exit, no_new_access: strict, compared, differences }: DiffReport): string {
  const what = `${escapeText(old)} -> ${escapeText(now)}`;
  const stacks = compared > 1 ? `, ${compared} stacks` : '';
  if (exit === 2) return `UNDECIDED  ${what}${stacks}: the rules cannot be compared`;
  if (differences.length === 0) return `SAME  ${what}${stacks}: every single change is decided as before`;
  const word = strict ? (exit === 1 ? 'NEW ACCESS' : 'NO NEW ACCESS') : 'DIFFERENT';
  return `${word}  ${what}${stacks}: ${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`;
}

function shown(page: Page, { region, example, approval, stacks }: ReportedDifference, sign: string, compared: number): void {
  page.line(2, `${sign} ${escapeText(regionLine(region))}`, 6);
  if (approval) {
    page.line(
      6,
      `guard ${escapeText(approval.id)}: ${escapeText(approval.before)}, now ${approval.after === null ? 'nothing' : escapeText(approval.after)}`,
    );
  }
  page.line(6, `e.g. ${escapeText(example.words)}: ${example.before} -> ${example.after}`);
  const told = stacksInWords(stacks, compared);
  if (told !== null) page.line(6, escapeText(told));
}

/** `stacks: ., shop`; null where there is but one. */
export function stacksInWords(stacks: readonly string[], compared: number): string | null {
  if (stacks.length === 0 || compared < 2) return null;
  if (stacks.length === compared) return 'in every stack';
  return `${stacks.length === 1 ? 'stack' : 'stacks'}: ${stacks.map((stack) => stack || '.').join(', ')}`;
}
