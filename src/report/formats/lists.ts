import type { Report } from '../report.ts';
import { listRemedies } from './block.ts';
import type { Page } from './layout.ts';
import { sectionsOf } from './sections.ts';
import { reasonWords } from './words.ts';

/** Reasons that are the plan's and no row's. */
export function showPlanReasons(page: Page, report: Report, word: string): void {
  if (report.because === undefined) return;
  page.gap();
  page.line(0, report.because.every((reason) => reason.observed) ? 'the plan as a whole' : `${word}  the plan as a whole`);
  for (const reason of report.because) page.line(2, reasonWords(reason));
  if (report.remedies === undefined || report.remedies.length === 0) return;
  page.line(2, 'ways out');
  listRemedies(page, report.remedies);
}

/** Findings, approvals, quotas, and what nothing is decided about. */
export function showSections(page: Page, report: Report): void {
  for (const { title, items } of sectionsOf(report)) {
    page.gap();
    page.line(0, title);
    for (const { words, about, ways } of items) {
      page.line(2, words, 4);
      for (const line of about) page.line(4, line, 4);
      for (const way of ways) page.line(4, `- ${way.words}`, 6);
    }
  }
}
