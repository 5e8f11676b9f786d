import { escapeJson } from '../escape.ts';
import type { FormatTable } from '../formats.ts';
import type { AnalysisFormatter } from '../lanes/formats.ts';
import type { InitialReport } from './proposed.ts';

/** The formats of `inlane init`. */
export const INITIAL_FORMATS: FormatTable<AnalysisFormatter<InitialReport>> = new Map([
  ['text', { summary: 'for people', load: async () => (await import('./text.ts')).initialText }],
  [
    'json',
    { summary: 'for machines', load: async () => (report: unknown) => `${escapeJson(JSON.stringify(report, null, 2))}\n` },
  ],
]);
