import { escapeUncut } from '../escape.ts';
import { Page, type Style } from '../formats/layout.ts';
import { type DoctorReport, STATES, type State } from './examined.ts';

const SHOWN: Readonly<Record<State, readonly [word: string, style: Style]>> = {
  ok: ['ok', 'green'],
  note: ['note', 'dim'],
  warning: ['warning', 'yellow'],
  problem: ['PROBLEM', 'red'],
};

/** `inlane doctor` for people: one line each, in the order in which a gate would meet them, and a sum. */
export function doctorText(
  { lines, outcome }: DoctorReport,
  options: { readonly width: number; readonly colour: boolean },
): string {
  const page = new Page(options.width, options.colour);
  for (const { state, message, hint } of lines) {
    const [word, style] = SHOWN[state];
    page.unwrapped(
      `${page.paint(word.padEnd(8), style)} ${escapeUncut(message)}${hint === null ? '' : `; ${escapeUncut(hint)}`}`,
    );
  }
  if (outcome === 'undecided') page.line(0, 'UNDECIDED  nothing could be looked at');
  else {
    const counts = STATES.map((state) => [lines.filter((line) => line.state === state).length, state] as const);
    const told = counts.filter(([count]) => count > 0).map(([count, state]) => `${count} ${SHOWN[state][0].toLowerCase()}`);
    page.gap();
    page.line(0, `${outcome === 'well' ? 'WELL' : 'UNWELL'}  ${told.join(', ')}`);
  }
  return page.toString();
}
