import { escapeHtml } from '../../escape.ts';
import { htmlPage } from '../../formats/page.ts';
import { isMilder } from '../difference.ts';
import type { Comparison, SimulationReport } from '../simulated.ts';
import { type SimulationGroup, sumOf, type VerdictCounts } from '../tally.ts';
import {
  headline,
  moveInWords,
  movesOf,
  notReplayed,
  numberInWords,
  plural,
  reasonInWords,
  rulesInWords,
  shareInWords,
} from '../words.ts';
import { countBar, keyHtml, PLOT_STYLE, shareBar, tableHtml } from './plots.ts';

/** Rows of one table; JSON has all of them. */
const MOST_ROWS = 40;

/** One page that stands alone: the share that needs nobody, why the rest does, and what other rules make of it. */
export function simulationHtml(report: SimulationReport): string {
  const { rules, now, tool, plans, changes, compared } = report;
  const sections = [
    ['Decided without a human', sharesHtml(plans, changes)],
    ['Why the rest was not', reasonsHtml(report)],
    ['What lanes allowed', lanesHtml(report)],
    ['By class', groupsHtml('class', report.classes)],
    ['By operation', groupsHtml('operation', report.operations)],
    ...(compared === null ? [] : [['Against other rules', comparisonHtml(compared)] as const]),
    ['Plans', plansHtml(report)],
  ] as const;
  const shown = sections.filter(([, html]) => html !== '');
  const links = shown.map(([title]) => `<li><a href="#${idOf(title)}">${title}</a></li>`).join('');
  const at = now === undefined ? '' : ` Decided as of ${escapeHtml(now)}.`;
  const body = [
    '<a class="skip" href="#main">Skip to the content</a>',
    '<header>',
    '<h1>What these rules make of past plans</h1>',
    `<p>${escapeHtml(headline(report))}</p>`,
    `<p class="soft">Rules: ${escapeHtml(rulesInWords(rules))}.${at} ${escapeHtml(tool.name)} ${escapeHtml(tool.version)}</p>`,
    `<nav aria-label="Contents"><ul>${links}</ul></nav>`,
    '</header>',
    '<main id="main" tabindex="-1">',
    ...shown.map(
      ([title, html]) => `<section aria-labelledby="${idOf(title)}">\n<h2 id="${idOf(title)}">${title}</h2>\n${html}\n</section>`,
    ),
    '</main>',
  ];
  return htmlPage('Simulation of lane files', body.join('\n'), '', PLOT_STYLE);
}

/** Of our own headings only. */
function idOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

function sharesHtml(plans: VerdictCounts, changes: VerdictCounts): string {
  if (sumOf(plans) === 0) return '<p>Nothing was replayed.</p>';
  const one = (noun: string, counts: VerdictCounts) => {
    const all = sumOf(counts);
    const rest = `${numberInWords(counts['needs-approval'])} wait for an approval, ${numberInWords(counts.deny)} are denied`;
    return [
      '<div class="share">',
      `<p class="figure">${shareInWords(counts.allow, all)}</p>`,
      `<p>${numberInWords(counts.allow)} of ${plural(all, noun)}; ${rest}</p>`,
      shareBar(counts),
      '</div>',
    ].join('\n');
  };
  return [one('plan', plans), one('change', changes), keyHtml()].join('\n');
}

function reasonsHtml({ reasons }: SimulationReport): string {
  if (reasons.length === 0) return '';
  const largest = Math.max(...reasons.map(({ changes }) => changes));
  const rows = reasons
    .slice(0, MOST_ROWS)
    .map((reason) => [reasonInWords(reason), reason.changes, reason.plans, countBar(reason.changes, largest)]);
  return limited(
    tableHtml(
      'A change counts under each of its reasons',
      [text('reason'), number('changes'), number('plans'), bar('changes, drawn')],
      rows,
    ),
    reasons.length,
  );
}

function lanesHtml({ lanes }: SimulationReport): string {
  if (lanes.length === 0) return '';
  const largest = Math.max(...lanes.map(({ changes }) => changes));
  const rows = lanes
    .slice(0, MOST_ROWS)
    .map(({ kind, id, changes, plans }) => [`${kind} ${id}`, changes, plans, countBar(changes, largest)]);
  return limited(
    tableHtml(
      'Changes that were allowed outright',
      [text('lane'), number('changes'), number('plans'), bar('changes, drawn')],
      rows,
    ),
    lanes.length,
  );
}

function groupsHtml(noun: string, groups: readonly SimulationGroup[]): string {
  if (groups.length === 0) return '';
  const rows = groups.slice(0, MOST_ROWS).map((one) => [one.name, one.allow, one['needs-approval'], one.deny, shareBar(one)]);
  const columns = [text(noun), number('allowed'), number('asked'), number('denied'), bar('share')];
  return limited(tableHtml('Changes that do something', columns, rows), groups.length);
}

function comparisonHtml({ rules, plans, changes, moved_plans: movedPlans, moved_changes: moved }: Comparison): string {
  const share = (counts: VerdictCounts, noun: string) =>
    `<p>Under those ${shareInWords(counts.allow, sumOf(counts))} of ${plural(sumOf(counts), noun)} need nobody.</p>\n${shareBar(counts)}`;
  const parts = [
    `<p class="soft">Compared with ${escapeHtml(rulesInWords(rules))}.</p>`,
    share(plans, 'plan'),
    share(changes, 'change'),
  ];
  if (movedPlans.length === 0 && moved.length === 0) return [...parts, '<p>Every change is decided as before.</p>'].join('\n');
  const moves = [...movesOf(movedPlans)];
  const most = Math.max(0, ...moves.map(([, count]) => count));
  if (moves.length > 0)
    parts.push(
      tableHtml(
        'Plans with another verdict',
        [text('verdict'), number('plans'), bar('plans, drawn')],
        moves.map(([move, count]) => [move, count, countBar(count, most)]),
      ),
    );
  const rows = moved
    .slice(0, MOST_ROWS)
    .map((one) => [
      `${isMilder(one) ? '+' : '-'} ${moveInWords(one)}: ${one.operations.join(' + ') || 'no-op'} ${one.class ?? 'of a kind that is not known'}`,
      one.changes,
      one.plans,
      `${one.example.address} in ${one.example.plan}`,
    ]);
  if (rows.length > 0)
    parts.push(
      limited(
        tableHtml(
          'Changes with another verdict (+ lets more through)',
          [text('change'), number('changes'), number('plans'), text('for example')],
          rows,
        ),
        moved.length,
      ),
    );
  return parts.join('\n');
}

function plansHtml(report: SimulationReport): string {
  const rows = report.verdicts.map(({ plan, verdict, rows: count }) => [plan, verdict, count]);
  const left = notReplayed(report).map(
    ([code, files]) =>
      `<li>${numberInWords(files.length)} ${escapeHtml(code)}: ${files.slice(0, 20).map(escapeHtml).join(', ')}${files.length > 20 ? ' ...' : ''}</li>`,
  );
  return [
    `<details><summary>${plural(rows.length, 'plan')} replayed</summary>`,
    rows.length === 0 ? '' : tableHtml('Every plan', [text('plan'), text('verdict'), number('rows')], rows),
    '</details>',
    ...(left.length === 0
      ? []
      : [
          `<details><summary>${plural(report.not_replayed.length, 'file')} not replayed</summary><ul>${left.join('')}</ul></details>`,
        ]),
  ].join('\n');
}

function limited(html: string, all: number): string {
  return all > MOST_ROWS ? `${html}\n<p class="soft">And ${numberInWords(all - MOST_ROWS)} more.</p>` : html;
}

const text = (head: string) => ({ head, kind: 'text' }) as const;
const number = (head: string) => ({ head, kind: 'number' }) as const;
const bar = (head: string) => ({ head, kind: 'bar' }) as const;
