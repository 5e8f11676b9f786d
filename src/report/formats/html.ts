import { escapeHtml, escapeText } from '../escape.ts';
import type { FormatOptions, Formatter } from '../formats.ts';
import type { Report, ReportDiagnostic } from '../report.ts';
import { headline, rowWords, setWords, sums } from './headline.ts';
import { changesHtml, filterHtml, rowHtml } from './html-changes.ts';
import { matrixHtml } from './html-matrix.ts';
import { bullets, text, verdictHtml, waysHtml } from './html-parts.ts';
import { SCRIPT, STYLE } from './html-static.ts';
import { whole } from './layout.ts';
import { htmlPage } from './page.ts';
import { sectionsOf } from './sections.ts';
import { count, reasonWords } from './words.ts';

/** One page that stands alone: what was decided, why and what to do; what is not needed at once can be filtered or folded away. */
export const html: Formatter = (report, options) => {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const words = report.format === 'inlane-report-set/1' ? setWords(report) : headline(report, options.view);
  const several = reports.length > 1;
  const parts = reports.map((one, index) => planHtml(one, options, several, `p${index + 1}`));
  const links = parts.flatMap(({ links: own }) => own);
  const body = [
    '<a class="skip" href="#main">Skip to the content</a>',
    '<header>',
    `<h1>${verdictHtml(report.verdict)} ${text(words)}</h1>`,
    links.length > 1 ? `<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>` : '',
    '</header>',
    '<main id="main" tabindex="-1">',
    options.view === 'row' ? '' : filterHtml(reports),
    ...parts.map(({ body: own }) => own),
    '</main>',
  ];
  const title = `${report.verdict.toUpperCase()}: ${text(words)}`;
  return htmlPage(title, body.filter((line) => line !== '').join('\n'), SCRIPT, STYLE);
};

interface Part {
  readonly title: string;
  readonly id: string;
  readonly body: string;
}

/** One plan. With several, each has a heading of its own, and what is in it stands one level deeper. */
function planHtml(
  report: Report,
  options: FormatOptions,
  several: boolean,
  id: string,
): { readonly links: readonly string[]; readonly body: string } {
  const level = several ? 3 : 2;
  const row = options.view === 'row';
  const decided = report.verdict !== 'undecided';
  const parts: readonly Part[] = [
    ...diagnosticsPart(report, id),
    ...(decided ? [...(row ? rowPart(report, id, level) : planParts(report, options, id, level))] : []),
    ...sectionsOf(report).map(({ title, items }, index) => ({
      title: capital(title),
      id: `${id}-section-${index + 1}`,
      body: `<ul class="rules">${items
        .map(({ words, about, ways }) => {
          const told = about.map((line) => `<br>${text(line)}`).join('');
          return `<li>${text(words)}${told}${waysHtml({ edits: ways, asks: [], grant: null })}</li>`;
        })
        .join('\n')}</ul>`,
    })),
    aboutPart(report, id),
  ];
  const body = parts.map((part) => sectionHtml(part, level)).join('\n');
  if (!several) return { links: parts.map(link), body };
  const title = headline(report, options.view);
  const path = report.plan === null ? 'no plan' : escapeText(report.plan.path);
  return {
    links: [link({ title: `${report.verdict}: ${path}`, id })],
    body: `<section class="plan" aria-labelledby="${id}">\n<h2 id="${id}">${verdictHtml(report.verdict)} ${text(title)}</h2>\n${body}\n</section>`,
  };
}

function link({ title, id }: Pick<Part, 'title' | 'id'>): string {
  return `<li><a href="#${id}">${text(title)}</a></li>`;
}

function sectionHtml({ title, id, body }: Part, level: number): string {
  return `<section aria-labelledby="${id}">\n<h${level} id="${id}">${text(title)}</h${level}>\n${body}\n</section>`;
}

function planParts(report: Report, options: FormatOptions, id: string, level: number): readonly Part[] {
  const { because, remedies = [] } = report;
  return [
    { title: 'In short', id: `${id}-short`, body: bullets(sums(report)) },
    ...(because === undefined
      ? []
      : [
          {
            title: 'The plan as a whole',
            id: `${id}-whole`,
            body: `${bullets(because.map(reasonWords))}${waysHtml(remedies)}`,
          },
        ]),
    ...(report.changes.length > 0
      ? [
          { title: 'Changes', id: `${id}-changes`, body: changesHtml(report, options.changedOnly === true, level + 1) },
          { title: 'Lane matrix', id: `${id}-matrix`, body: matrixHtml(report) },
        ]
      : []),
  ];
}

function rowPart(report: Report, id: string, level: number): readonly Part[] {
  return report.changes.map((change) => ({
    title: 'This change',
    id: `${id}-change`,
    body: `${bullets(rowWords(change))}\n${rowHtml(change, level + 1)}`,
  }));
}

function diagnosticsPart({ diagnostics }: Report, id: string): readonly Part[] {
  if (diagnostics.length === 0) return [];
  const words = ({ code, severity, message, hint, at }: ReportDiagnostic) => {
    const place = at === undefined ? '' : ` <span class="at">${text(whole(at))}</span>`;
    const told = `${escapeText(message)}${hint === null ? '' : `; ${escapeText(hint)}`}`;
    return `<li><strong>${severity}</strong> ${text(escapeText(code))}${place}: ${text(told)}</li>`;
  };
  const worst = (['error', 'warning', 'note'] as const).find((severity) => diagnostics.some((d) => d.severity === severity));
  const title = worst === 'note' ? 'Notes' : worst === 'warning' ? 'Warnings' : 'Errors';
  return [{ title, id: `${id}-diagnostics`, body: `<ul class="rules">${diagnostics.map(words).join('\n')}</ul>` }];
}

function aboutPart(report: Report, id: string): Part {
  const { plan, rules, tool } = report;
  const entries: readonly (readonly [string, string])[] = [
    ['verdict', `${report.verdict}, exit code ${report.exit}${report.observe ? ', observed only: the process exits 0' : ''}`],
    ...(plan === null
      ? []
      : [
          ['plan', escapeText(plan.path)] as const,
          ...(plan.sha256 === null ? [] : [['sha256 of the plan', plan.sha256] as const]),
          ...(plan.tool === null
            ? []
            : [['made by', `${plan.tool} ${escapeText(plan.version ?? 'of unknown version')}`] as const]),
        ]),
    ...(rules === null
      ? []
      : [
          [
            'rules',
            `${count(rules.files.length, 'lane file')}: ${rules.files.map(({ path, level }) => `${escapeText(path)} (${level})`).join(', ')}`,
          ] as const,
          ['sha256 of the rules', rules.sha256] as const,
        ]),
    ['decided by', `${tool.name} ${tool.version}`],
  ];
  return {
    title: 'About this report',
    id: `${id}-about`,
    body: `<dl>${entries.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${text(value)}</dd>`).join('')}</dl>`,
  };
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
