import { escapeText } from '../escape.ts';
import { Page, type Style } from '../formats/layout.ts';
import type { ReportVerdict } from '../report.ts';
import type { SimulationReason } from '../simulation/tally.ts';
import { plural, reasonInWords } from '../simulation/words.ts';
import type { InitialAttribute, InitialGate, InitialReport } from './proposed.ts';

const COLOURS: Readonly<Record<ReportVerdict, Style>> = {
  allow: 'green',
  'needs-approval': 'yellow',
  deny: 'red',
  undecided: 'magenta',
};

/** `inlane init` for people: what was written, what it makes of the plans, what to do next. A dry run prints the file alone. */
export function initialText(report: InitialReport, options: { readonly width: number; readonly colour: boolean }): string {
  const { outcome, file, attributes, placeholders, check, gate, next } = report;
  if (outcome === 'shown') return report.text;
  const page = new Page(options.width, options.colour);
  if (outcome === 'undecided' || file === null || check === null) {
    page.line(0, `${page.paint('UNDECIDED', 'bold', 'magenta')}  nothing was proposed`);
    return page.toString();
  }
  page.line(
    0,
    `${page.paint('WROTE', 'bold', 'green')}  ${escapeText(file)}: nobody has confirmed it, so read it before you commit it`,
  );
  const { tests, never, warnings } = check;
  page.line(
    2,
    `its ${tests} tests pass, its ${never} \`never\` are proved, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`,
  );
  for (const { message, hint } of warnings)
    page.line(4, `${page.paint('warning', 'yellow')}: ${escapeText(message)}; ${escapeText(hint)}`);
  page.gap();
  if (attributes.length === 0)
    page.line(0, 'nothing says which environment a resource is in, so everything counts as production');
  for (const attribute of attributes) page.line(0, sourcesInWords(attribute));
  if (placeholders.length > 0)
    page.line(
      0,
      `nobody is called ${placeholders.map(escapeText).join(', ')}: put the ids of those who are meant under \`principals\``,
    );
  page.gap();
  for (const one of gate) {
    page.line(0, gateInWords(one, page));
    for (const reason of one.reasons.slice(0, MOST_REASONS)) page.line(2, escapeText(reasonOf(reason)));
    if (one.reasons.length > MOST_REASONS) page.line(2, `and ${plural(one.reasons.length - MOST_REASONS, 'more reason')}`);
  }
  page.gap();
  page.line(0, 'next:');
  for (const command of next) page.line(2, escapeText(command));
  return page.toString();
}

const MOST_REASONS = 4;

/** A reason that concerns the plan as a whole counts no changes. */
function reasonOf(reason: SimulationReason): string {
  return reason.changes === 0 ? reasonInWords(reason) : `${reasonInWords(reason)} (${plural(reason.changes, 'change')})`;
}

function sourcesInWords({ name, sources }: InitialAttribute): string {
  const told = (active: boolean) =>
    [
      ...new Set(
        sources
          .filter((source) => source.active === active)
          .map(({ from, name: own }) => (own === null ? from : `${from} \`${escapeText(own)}\``)),
      ),
    ].join(', ');
  const open = told(false);
  return `${name}: told by ${told(true)}${open === '' ? '' : `; commented out: ${open}`}`;
}

function gateInWords({ plan, as, verdict, summary }: InitialGate, page: Page): string {
  const counts = (['allow', 'needs-approval', 'deny'] as const).flatMap((one) =>
    summary[one] > 0 ? [`${summary[one]} ${one}`] : [],
  );
  const told = counts.length === 0 ? '' : ` (changes: ${counts.join(', ')})`;
  return `${page.paint(verdict.toUpperCase(), 'bold', COLOURS[verdict])}  ${escapeText(plan)} for ${escapeText(as)}${told}`;
}
