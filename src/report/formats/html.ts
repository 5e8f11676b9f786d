import { escapeHtml, escapeText } from '../escape.ts';
import type { FormatOptions, Formatter } from '../formats.ts';
import type { Report, ReportDiagnostic, ReportSet } from '../report.ts';
import { headline, rowWords, setWords, sums } from './headline.ts';
import { changesHtml, filterHtml, rowHtml } from './html-changes.ts';
import { matrixHtml } from './html-matrix.ts';
import { bullets, foldHtml, text, verdictHtml, waysList } from './html-parts.ts';
import { SCRIPT, STYLE } from './html-static.ts';
import { whole } from './layout.ts';
import { htmlPage } from './page.ts';
import { sectionsOf } from './sections.ts';
import { count, reasonWords } from './words.ts';

const LONGEST_TITLE = 40;

/** One page that stands alone: what was decided, why and what to do; what is not needed at once can be filtered or folded away. */
export const html: Formatter<string> = (report, options) => {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const words = report.format === 'inlane-report-set/1' ? setWords(report) : headline(report, options.view);
  const several = reports.length > 1;
  const parts = reports.map((one, index) => planHtml(one, options, several ? index + 1 : null));
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
  return htmlPage(titleOf(report), body.filter((line) => line !== '').join('\n'), SCRIPT, STYLE);
};

/** For a tab or a list of windows: the verdict and the last part of the plan's name. */
function titleOf(report: Report | ReportSet): string {
  const name =
    report.format === 'inlane-report-set/1'
      ? count(report.reports.length, 'plan')
      : escapeText(report.plan?.path.split(/[/\\]/).at(-1) ?? 'no plan');
  return text(`${report.verdict.toUpperCase()}: ${name.length > LONGEST_TITLE ? `${name.slice(0, LONGEST_TITLE)}...` : name}`);
}

interface Part {
  readonly title: string;
  readonly id: string;
  readonly body: string;
}

/** One plan. With several, each has a heading of its own, and what is in it stands one level deeper. */
function planHtml(
  report: Report,
  options: FormatOptions,
  number: number | null,
): { readonly links: readonly string[]; readonly body: string } {
  const several = number !== null;
  const id = `p${number ?? 1}`;
  const level = several ? 3 : 2;
  const row = options.view === 'row';
  const decided = report.verdict !== 'undecided';
  const parts: readonly Part[] = [
    ...diagnosticsPart(report, id, ['error', 'warning']),
    ...(decided ? [...(row ? rowPart(report, id, level) : planParts(report, options, id, level))] : []),
    ...sectionsOf(report).map(({ title, items }, index) => ({
      title: capital(title),
      id: `${id}-section-${index + 1}`,
      body: `<ul class="rules">${items
        .map(({ words, about, ways }) => {
          const told = about.map((line) => `<br>${text(line)}`).join('');
          return `<li>${text(words)}${told}${waysList({ edits: ways, asks: [], grant: null })}</li>`;
        })
        .join('\n')}</ul>`,
    })),
    ...diagnosticsPart(report, id, ['note']),
    aboutPart(report, id),
  ];
  const body = parts.map((part) => sectionHtml(part, level, !several)).join('\n');
  if (!several) return { links: parts.map(link), body };
  const title = headline(report, options.view);
  const path = report.plan === null ? 'no plan' : escapeText(report.plan.path);
  return {
    links: [link({ title: `${report.verdict}: ${path}`, id })],
    body: `<section class="plan" aria-labelledby="${id}">\n<h2 id="${id}">${number}. ${verdictHtml(report.verdict)} ${text(title)}</h2>\n${body}\n</section>`,
  };
}

function link({ title, id }: Pick<Part, 'title' | 'id'>): string {
  return `<li><a href="#${id}">${text(title)}</a></li>`;
}

/** A landmark only where its name is the only one. */
function sectionHtml({ title, id, body }: Part, level: number, landmark: boolean): string {
  return `<section${landmark ? ` aria-labelledby="${id}"` : ''}>\n<h${level} id="${id}">${text(title)}</h${level}>\n${body}\n</section>`;
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
            body: `${bullets(because.map(reasonWords))}${foldHtml('ways out', waysList(remedies), true)}`,
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

/** What is wrong stands first, what is only to be known last. */
function diagnosticsPart(report: Report, id: string, severities: readonly ReportDiagnostic['severity'][]): readonly Part[] {
  const own = report.diagnostics.filter(({ severity }) => severities.includes(severity));
  const worst = severities.find((severity) => own.some((diagnostic) => diagnostic.severity === severity));
  if (worst === undefined) return [];
  const lines = own.map(({ code, severity, message, hint, at }) => {
    const place = at === undefined ? '' : ` <span class="at">${text(whole(at))}</span>`;
    const told = `${escapeText(message)}${hint === null ? '' : `; ${escapeText(hint)}`}`;
    return `<li><strong>${severity}</strong> ${text(escapeText(code))}${place}: ${text(told)}</li>`;
  });
  return [{ title: capital(`${worst}s`), id: `${id}-${worst}s`, body: `<ul class="rules">${lines.join('\n')}</ul>` }];
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
