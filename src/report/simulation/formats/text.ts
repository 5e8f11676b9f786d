import { escapeText } from '../../escape.ts';
import { Page } from '../../formats/layout.ts';
import { isMilder } from '../difference.ts';
import type { Comparison, SimulationReport } from '../simulated.ts';
import type { SimulationGroup } from '../tally.ts';
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

/** Lines of one list; JSON has all of them. */
const MOST_LINES = 15;

/** `inlane simulate` for people: the share that needs nobody first, then why the rest does. */
export function simulationText(report: SimulationReport, options: { readonly width: number; readonly colour: boolean }): string {
  const page = new Page(options.width, options.colour);
  const { outcome, rules, now, reasons, lanes, compared } = report;
  const style = outcome === 'replayed' ? 'green' : outcome === 'newly-allowed' ? 'red' : 'magenta';
  page.line(0, page.paint(escapeText(headline(report)), 'bold', style));
  if (rules !== null) page.line(2, `rules: ${escapeText(rulesInWords(rules))}`);
  if (now !== undefined) page.line(2, `decided as of ${now}`);
  if (report.files.replayed > 0) {
    page.line(2, page.paint(withoutHuman(report), 'bold'));
    for (const line of theRest(report)) page.line(2, line);
  }
  if (reasons.length > 0) {
    page.gap();
    page.line(0, 'why the rest was not (a change counts under each of its reasons)');
    table(
      page,
      ['changes', 'plans', 'reason'],
      reasons.map((reason) => [reason.changes, reason.plans, reasonInWords(reason)]),
    );
  }
  if (lanes.length > 0) {
    page.gap();
    page.line(0, 'what lanes allowed');
    table(
      page,
      ['changes', 'plans', 'lane'],
      lanes.map(({ changes, plans, kind, id }) => [changes, plans, `${kind} ${id}`]),
    );
  }
  groups(page, 'by class', 'class', report.classes);
  groups(page, 'by operation', 'operation', report.operations);
  if (compared !== null) comparison(page, compared);
  left(page, report);
  return page.toString();
}

function groups(page: Page, title: string, noun: string, all: readonly SimulationGroup[]): void {
  if (all.length === 0) return;
  page.gap();
  page.line(0, title);
  table(
    page,
    ['allowed', 'asked', 'denied', noun],
    all.map((one) => [one.allow, one['needs-approval'], one.deny, one.name]),
  );
}

/** Numbers first, so that what may be long stands last. */
function table(page: Page, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? numberInWords(cell) : escapeText(cell))));
  const shown = cells.slice(0, MOST_LINES);
  const widths = head.map((word, at) => Math.max(word.length, ...shown.map((row) => row[at]?.length ?? 0)));
  const last = head.length - 1;
  for (const row of [head, ...shown])
    page.unwrapped(`  ${row.map((cell, at) => (at === last ? cell : cell.padStart(widths[at] ?? 0))).join('  ')}`);
  if (cells.length > shown.length) page.line(2, `... and ${cells.length - shown.length} more (--format json lists them)`);
}

function comparison(page: Page, { rules, moved_plans: plans, moved_changes: changes }: Comparison): void {
  page.gap();
  page.line(0, `against ${escapeText(rulesInWords(rules))}`);
  if (plans.length === 0 && changes.length === 0) {
    page.line(2, 'every change is decided as before');
    return;
  }
  for (const [move, count] of movesOf(plans)) page.line(2, `${plural(count, 'plan')}: ${move}`);
  const rows = changes.map((one) => {
    const what = `${one.operations.join(' + ') || 'no-op'} ${one.class ?? 'of a kind that is not known'}`;
    return [
      one.changes,
      `${isMilder(one) ? '+' : '-'} ${moveInWords(one)}: ${what}, e.g. ${one.example.address} in ${one.example.plan}`,
    ];
  });
  table(page, ['changes', 'what'], rows);
}

function left(page: Page, report: SimulationReport): void {
  const all = notReplayed(report);
  if (all.length === 0) return;
  page.gap();
  page.line(0, `${plural(report.not_replayed.length, 'file')} not replayed`);
  for (const [code, files] of all) {
    const [first = ''] = files;
    page.line(2, `${numberInWords(files.length)} ${code}, ${files.length === 1 ? '' : 'e.g. '}${escapeText(first)}`);
  }
}
